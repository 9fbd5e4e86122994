#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A user without privileges who owns a network namespace may make VRFs and SIDs in it, as with the built-in code: they
# lead to nobody else's VRF, the errors are the same, and the module is not his to touch.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="no_load own_namespace_only nothing_else"
NOBODY=65534

as_nobody()
{
	setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$@"
}

# The same SID and table as those of tenant a; what the user sees and is told. The packet comes from the other end of a
# link in his own namespace.
commands()
{
	cat <<-'EOF'
		sid() { ip -6 route "$@" 2>&1; }
		sysctl -wq net.vrf.strict_mode=0 net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.conf.all.rp_filter=0
		ip link add core address 02:00:00:00:00:02 type veth peer name far address 02:00:00:00:00:01
		ip link set core up
		ip link set far up
		sid add fc00:2::100 encap seg6local action End.DT4 vrftable 100 dev core
		sysctl -wq net.vrf.strict_mode=1
		# There is a VRF of this table, but elsewhere.
		sid add fc00:2::100 encap seg6local action End.DT4 vrftable 100 dev core
		ip link add vrf-100 type vrf table 100
		ip link set vrf-100 up
		ip addr add 172.20.1.2/32 dev vrf-100
		sid add fc00:2::100 encap seg6local action End.DT4 vrftable 100 count dev vrf-100
		python3 "$TEST_DIR/unprivileged.py"
		ip -j -s link show dev vrf-100 | jq -c '.[0].stats64.rx.packets'
		ip -j -s -6 route show fc00:2::100 | jq -c '[.. | objects | select(has("errors"))]'
	EOF
}

# own_namespace WHO: to $seen.
own_namespace()
{
	local before

	before="$(rx_packets "$pe2" vrf-100) $(echo_requests "$h2a") $(sid_counters "$pe2" "$SID_A")"
	seen=$(commands | TEST_DIR=$TEST_DIR as_nobody unshare --user --map-root-user --net \
		bash 2>&1)
	expect_equal "$before" "$(rx_packets "$pe2" vrf-100) $(echo_requests "$h2a") $(sid_counters "$pe2" "$SID_A")" \
		"$1: what tenant a received"
}

own_namespace_only()
{
	local builtin

	RET=0
	own_namespace builtin
	builtin=$seen
	module_load
	check_err $? "load"
	own_namespace module
	expect_equal "$builtin" "$seen" "what the user sees"
	grep -q '^1$' <<<"$seen"
	check_err $? "his own VRF did not receive the packet: $seen"
	(($(grep -c '^Error: ' <<<"$seen") == 2))
	check_err $? "want two errors: $seen"
	(($(packets_served) > 0))
	check_err $? "no packet was the module's"
	log_test "SIDs of a user's own namespace lead to its own VRF only"
}

# refused WORDS COMMAND: the command does nothing wrong but not to be root's, which the words are about.
refused()
{
	local said

	said=$(as_nobody unshare --user --map-root-user --net bash -c "$2" 2>&1)
	check_fail $? "allowed: $2"
	[[ $said == *"$1"* ]]
	check_err $? "$2: want '$1', got '$said'"
}

# While it is not loaded, lest it is refused for being there. That he may read the file shows it is not about that.
no_load()
{
	local copy

	RET=0
	copy=$(mktemp)
	defer rm -f "$copy"
	install -m 644 "$MODULE_KO" "$copy"
	as_nobody test -r "$copy"
	check_err $? "the user cannot read $copy"
	refused "Operation not permitted" "insmod $copy"
	! module_loaded
	check_err $? "the module is loaded"
	log_test "The module is not the user's to load"
}

nothing_else()
{
	RET=0
	refused "Operation not permitted" "rmmod --force $MODULE"
	refused "Permission denied" "echo 0 >/sys/module/$MODULE/parameters/direct_route"
	refused "Permission denied" "cat $DEBUGFS/drops"
	refused "Operation not permitted" "ip netns exec $pe2 true"
	module_loaded
	check_err $? "the module is not loaded any more"
	log_test "The module is not the user's to touch"
}

start_without_module
# The first is Debian's own.
for switch in kernel/unprivileged_userns_clone user/max_user_namespaces; do
	[[ $(cat "/proc/sys/$switch" 2>/dev/null) != 0 ]] || skip_all "users may not have namespaces here ($switch)"
done
as_nobody unshare --user --map-root-user --net true || exit
require_topology a
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "seg6-end-dt4 doctor" on a router: each fault that is put in is found, and gone once the commands were run that it prints.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="fresh_vrf healthy faults several_at_once no_sids module_gone other_livepatch not_root"
COMMAND=$SELFTESTS_DIR/../router/seg6-end-dt4

# Each with what puts it into the second edge.
FAULTS=(
	"strict-mode|sysctl -qw net.vrf.strict_mode=0"
	"shared-table strict-mode|sysctl -qw net.vrf.strict_mode=0; ip link add second up type vrf table 100"
	"no-vrf|ip link add lost type vrf table 300; ip -6 route add fc00:2::300 encap seg6local action End.DT4 vrftable 300 dev core;
		ip link del lost"
	"vrf-down|ip -6 route add fc00:2::101 encap seg6local action End.DT4 vrftable 100 dev core; ip link set vrf-100 down"
	"vrf-down|ip link add idle type vrf table 400"
	"sid-on-loopback|ip -6 route add fc00:2::102 encap seg6local action End.DT4 vrftable 100 count dev lo"
	"sid-is-own-address|ip addr add fc00:2::101/128 dev core nodad"
	"table-of-vrf|ip -6 route add fc00:2::103 encap seg6local action End.DT6 table 100 dev core"
	"not-forwarding|sysctl -qw net/ipv4/conf/vrf-100/forwarding=0"
	"rp-filter|sysctl -qw net/ipv4/conf/vrf-100/rp_filter=1"
	"rp-filter|sysctl -qw net/ipv4/conf/vrf-100/rp_filter=0 net.ipv4.conf.all.rp_filter=1"
	"way-out|ip route flush table 100 type unreachable"
	"local-first|ip rule add pref 0 table local"
	"no-l3mdev-rule|ip rule del pref 1000"
	"mtu|ip link set core mtu 1500"
	"no-hmac-key|sysctl -qw net/ipv6/conf/core/seg6_require_hmac=1"
	"hmac-of-all|sysctl -qw net/ipv6/conf/core/seg6_require_hmac=0 net.ipv6.conf.all.seg6_require_hmac=1"
)

# look: what is wrong, and the exit status.
look()
{
	said=$("$COMMAND" doctor --json)
	status=$?
}

# expect IDS [NS]: that, and nothing else, was wrong in a network namespace or with the machine as a whole.
expect()
{
	local ids

	ids=$(jq -r --arg ns "${2:-}" '[.[] | select((.namespace // "") == $ns) | .id] | unique | join(" ")' <<<"$said")
	expect_equal "$1" "$ids" "found in '${2:-the machine}'"
}

expect_healthy()
{
	look
	expect_equal "0 []" "$status $said" "exit status, what is left"
}

# mend: run what was printed. A key is asked for on the terminal, if there is one.
mend()
{
	local command

	while read -r command; do
		setsid --wait bash -c "$command" <<<secret >/dev/null
		check_err $? "it fails: $command"
	done < <(jq -r '.[].mend[]' <<<"$said")
}

# What a VRF lacks as Linux sets it up; the other tests begin without.
fresh_vrf()
{
	RET=0
	look
	expect_equal 1 "$status" "exit status"
	expect "local-first way-out" "$pe1"
	expect "local-first way-out" "$pe2"
	mend
	expect_healthy
	log_test "The ways out of a fresh VRF"
}

healthy()
{
	RET=0
	expect_equal "nothing is wrong" "$("$COMMAND" doctor)" "it says"
	log_test "Nothing is wrong with a router as the README has it"
}

faults()
{
	local fault ids command

	for fault in "${FAULTS[@]}"; do
		RET=0
		IFS='|' read -r -d '' ids command <<<"$fault"
		ip netns exec "$pe2" bash -c "$command"
		check_err $? "cannot put it in"
		look
		expect_equal 1 "$status" "exit status"
		expect "$ids" "$pe2"
		expect "" "$pe1"
		expect ""
		mend
		if [[ $ids == no-vrf ]]; then
			# The VRF that it was missing is a fresh one.
			look
			expect way-out "$pe2"
			mend
		fi
		expect_healthy
		log_test "${ids% *}"
	done
}

several_at_once()
{
	RET=0
	# The last of the faults has been mended by asking for HMACs.
	# shellcheck disable=SC2016 # the inner shell's own
	ip netns exec "$pe2" bash -c 'for file in /proc/sys/net/ipv6/conf/*/seg6_require_hmac; do echo 0 >"$file"; done'
	ip netns exec "$pe2" sysctl -qw net.vrf.strict_mode=0 net/ipv4/conf/vrf-100/rp_filter=1
	ip netns exec "$pe1" sysctl -qw net.ipv4.ip_forward=0
	look
	expect "rp-filter strict-mode" "$pe2"
	expect "not-forwarding" "$pe1"
	"$COMMAND" doctor | grep -q "^not-forwarding (network namespace $pe1): "
	check_err $? "people are not told where"
	mend
	expect_healthy
	# The VRF that was down took the routes by it along.
	setup_vpn "$pe2" 2 1 100 2>/dev/null
	ping_works "$h1a" 10.0.2.1
	check_err $? "the tenant gets no answer"
	log_test "Several faults in two namespaces"
}

# A router that boots with VRFs but without strict mode never gets a SID. In other namespaces a VRF alone is nobody's fault.
no_sids()
{
	RET=0
	setup_ns other
	ip -n "$other" link add alone type vrf table 500
	ip link add waiting type vrf table 500
	defer ip link del waiting
	sysctl -qw net.vrf.strict_mode=0
	look
	expect "strict-mode"
	expect "" "$other"
	jq -r '.[].text' <<<"$said" | grep -q 'after a restart$'
	check_err $? "it does not say what to do then"
	mend
	expect_healthy
	log_test "VRFs without any SID"
}

# None is installed for this kernel, it was loaded by hand.
module_gone()
{
	RET=0
	module_unload
	look
	expect no-module
	module_load
	expect_healthy
	log_test "The module is gone"
}

# Sysfs is what tells: the two functions by name.
other_livepatch()
{
	RET=0
	module_unload
	insmod "$MODULES_DIR/test_klp_refuse_end_dt4.ko"
	check_err $? "the other livepatch does not load"
	look
	expect "no-module other-livepatch"
	jq -r '.[] | select(.id == "other-livepatch") | .mend[]' <<<"$said" | bash
	slowwait 30 test ! -e /sys/kernel/livepatch/test_klp_refuse_end_dt4 && rmmod test_klp_refuse_end_dt4
	check_err $? "the other livepatch stays"
	module_load
	expect_healthy
	log_test "Another livepatch on the functions"
}

not_root()
{
	RET=0
	expect_equal "error: looking needs root" "$(setpriv --reuid 65534 --clear-groups "$COMMAND" doctor 2>&1)" "it says"
	setpriv --reuid 65534 --clear-groups "$COMMAND" doctor &>/dev/null
	expect_equal 2 $? "exit status"
	log_test "Not for everybody"
}

require_rust
MODULES_DIR=$(dirname "$MODULE_KO")/selftests/modules
start_serving
require_topology a
run_tests

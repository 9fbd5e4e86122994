#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once: routes, nexthops, VRFs, namespaces and strict mode change in loops without a pause, traffic
# flows, and the module is loaded and unloaded. One tenant is left alone: it must not lose a packet.
#
# DURATION	seconds (600)

source "$(dirname "$(readlink -f "$0")")/../lib.sh"
# shellcheck source=../takeover-lib.sh
source "$SELFTESTS_DIR/takeover-lib.sh"

ALL_TESTS="churn"

readonly DURATION=${DURATION:-600}

# until_stopped NAME COMMAND...: in the background; the file $work/NAME has the rounds.
until_stopped()
{
	local name=$1
	shift

	(
		trap - EXIT
		round=0
		while [[ ! -e $work/stop ]]; do
			"$@"
			round=$((round + 1))
			echo "$round" >"$work/$name"
		done
	) &>/dev/null &
	loops+=($!)
}

# The SID that tenant b's packets follow, and others: inline and by a nexthop, as End.DT4, End.DT46 and End.DT6.
routes()
{
	ip -n "$pe2" -6 -force -batch - <<-EOF
		route replace $SID_B encap seg6local action End.DT4 vrftable 200 count dev vrf-200
		route add fc00:2::b1 encap seg6local action End.DT4 vrftable 200 dev core
		route replace fc00:2::b1 encap seg6local action End.DT46 vrftable 200 dev core
		nexthop add id 20 encap seg6local action End.DT4 vrftable 200 dev core
		route replace $SID_B nhid 20
		nexthop replace id 20 encap seg6local action End.DT4 vrftable 100 count dev core
		nexthop replace id 20 encap seg6local action End.DT6 table 200 dev core
		nexthop replace id 20 encap seg6local action End.DT4 vrftable 200 dev core
		route del $SID_B
		route replace $SID_B encap seg6local action End.DT46 vrftable 200 count dev vrf-200
		route add fc00:2::b2 encap seg6local action End.DT4 vrftable 999 dev core
		route del fc00:2::b1
		nexthop del id 20
	EOF
}

# A VRF whose SID stays, and whose index and table change hands.
vrfs()
{
	local index=5000

	ip -n "$pe2" -force -batch - <<-EOF
		link add churn index $index type vrf table 300
		link set churn up
		-6 route replace fc00:2::c encap seg6local action End.DT4 vrftable 300 count dev core
		link del churn
		link add churn index $index type vrf table 301
		link set churn up
		link del churn
		link add churn type vrf table 300
		link del churn
	EOF
}

to_the_vrf()
{
	run_ping "$h1b" 10.0.3.1 -f -c 100 -W 0.1
}

to_tenant_b()
{
	run_ping "$h1b" 10.0.2.1 -f -c 100 -W 0.1
}

# A namespace goes with its VRF and SIDs in it.
netns()
{
	local name

	name=churn-$(mktemp -u XXXXXX)
	ip netns add "$name"
	ip netns exec "$name" sysctl -wq net.vrf.strict_mode=1
	ip -n "$name" -force -batch - <<-EOF
		link set lo up
		link add vrf-100 type vrf table 100
		link set vrf-100 up
		link add core type veth peer name far
		link set core up
		-6 route add fc00::1 encap seg6local action End.DT4 vrftable 100 dev core
		-6 nexthop add id 1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
		-6 route add fc00::2 nhid 1
	EOF
	ip netns delete "$name"
}

strict_mode()
{
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=0
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=1
}

loads()
{
	module_load
	ping_works "$h1a" 10.0.2.1
	module_unload
}

churn()
{
	local name pid rounds=

	RET=0
	work=$(mktemp -d)
	defer rm -rf "$work"
	loops=()
	"$SELFTESTS_DIR/seqflow.py" "$h1a" "$h2a" 10.0.2.1 >"$work/flow" &
	pid=$!
	for name in routes vrfs netns strict_mode to_tenant_b to_the_vrf loads; do
		until_stopped "$name" "$name"
	done
	sleep "$DURATION"
	touch "$work/stop"
	wait "${loops[@]}"
	kill "$pid"
	wait "$pid"
	check_err $? "seqflow.py"
	for name in routes vrfs netns strict_mode to_tenant_b to_the_vrf loads; do
		(($(cat "$work/$name" 2>/dev/null || echo 0) >= 1))
		check_err $? "not one round of: $name"
		rounds+=" $name $(cat "$work/$name" 2>/dev/null)"
	done
	grep -q "received [1-9].* lost 0 duplicated 0 reordered 0" "$work/flow"
	check_err $? "the tenant that was left alone: $(<"$work/flow")"
	unload_if_loaded
	! module_loaded
	check_err $? "the module cannot be unloaded afterwards"
	module_load && ping_works "$h1a" 10.0.2.1 && module_unload && ping_works "$h1a" 10.0.2.1
	check_err $? "load, traffic, unload, traffic afterwards"
	log_test "$DURATION s of churn; rounds:$rounds"
}

start_without_module
require_topology a b
ip -n "$pe1" -6 route add fc00:2::c vrf vrf-200 via fd00::2 dev core &&
	ip -n "$pe1" route add 10.0.3.0/24 vrf vrf-200 encap seg6 mode encap segs fc00:2::c dev core || exit
run_tests

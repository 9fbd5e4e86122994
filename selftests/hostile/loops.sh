#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routes that lead back into the tunnel: within one edge, between two, and SIDs within SIDs. The edge survives, the other
# tenant notices nothing, and the loop ends with its cause.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="own_sid sid_in_sid between_edges"
# A destination of nobody.
NOWHERE=10.9.0.1

# decapsulations EDGE [vrf VRF]: by the SID of tenant a in the main table or the VRF's, good or bad.
decapsulations()
{
	local edge=${!1} sid=fc00:${1#pe}::100
	shift

	echo $(($(sid_counter "$edge" "$sid" packets "$@") + $(sid_counter "$edge" "$sid" errors "$@")))
}

ping_nowhere()
{
	run_ping "$h1a" "$NOWHERE" -c 1 -W 0.1 >/dev/null
}

# route_back EDGE SID
route_back()
{
	ip -n "$1" route replace "$NOWHERE/32" vrf vrf-100 encap seg6 mode encap segs "$2" dev core
}

tenants_work()
{
	ping_works "$h1a" 10.0.2.1
	check_err $? "$1: no answer to tenant a"
	ping_works "$h1b" 10.0.2.1
	check_err $? "$1: no answer to tenant b"
}

# The kernel limits how deep tunnels are nested without a device between them.
own_sid()
{
	local errors rounds

	RET=0
	ip -n "$pe2" -6 route add "$SID_A" vrf vrf-100 encap seg6local action End.DT4 vrftable 100 count dev vrf-100 &&
		route_back "$pe1" "$SID_A" && route_back "$pe2" "$SID_A"
	check_err $? "no loop of routes"
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	ping_nowhere
	expect_equal "$((errors + 1))" "$(sid_counter "$pe2" "$SID_A" errors)" "errors of the SID that the packet came to"
	rounds=$(decapsulations pe2 vrf vrf-100)
	((rounds >= 2))
	check_err $? "rounds: $rounds, want 2 or more"
	ip -n "$pe2" -6 route del "$SID_A" vrf vrf-100
	tenants_work "after the loop"
	log_test "An edge whose tenant's route leads to its own SID ($rounds rounds)"
}

# A SID as often as a packet may name it: a segment is never the next, an IPv6 packet never the inner one.
sid_in_sid()
{
	local errors received

	RET=0
	route_back "$pe1" "$SID_A,$SID_A,$SID_A" && ip -n "$pe2" route replace "$NOWHERE/32" vrf vrf-100 via 10.0.2.1 dev to-a
	check_err $? "no routes"
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	received=$(rx_packets "$pe2" vrf-100)
	ping_nowhere
	expect_equal "$((errors + 1))" "$(sid_counter "$pe2" "$SID_A" errors)" "errors of the SID"
	expect_equal "$received" "$(rx_packets "$pe2" vrf-100)" "packets received by the VRF"
	tenants_work "afterwards"
	log_test "A SID three times in one segment list"
}

# stands_still EDGE
stands_still()
{
	local before

	before=$(decapsulations "$1")
	sleep 0.5
	[[ $(decapsulations "$1") == "$before" ]]
}

# H.Encaps takes a packet before its TTL is counted down, so nothing but its routes can end this loop.
between_edges()
{
	local before rounds

	RET=0
	route_back "$pe1" "$SID_A" && route_back "$pe2" fc00:1::100
	check_err $? "no loop of routes"
	before=$(decapsulations pe2)
	ping_nowhere
	sleep 1
	rounds=$(($(decapsulations pe2) - before))
	((rounds >= 2))
	check_err $? "rounds: $rounds, want 2 or more"
	tenants_work "during the loop"
	ip -n "$pe1" route del "$NOWHERE/32" vrf vrf-100
	busywait 5000 stands_still pe2
	check_err $? "the loop goes on without the route"
	tenants_work "after the loop"
	log_test "Two edges whose routes lead to each other ($rounds rounds within about a second)"
}

start_serving
require_topology a b
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SIDs whose encapsulation is in a nexthop object, as FRR sets them up.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="one_route two_routes replace_object delete_object"

readonly ID=10

# nexthop add|replace PARAMETER...
nexthop()
{
	ip -n "$pe2" -6 nexthop "$1" id "$ID" encap seg6local action End.DT4 "${@:2}"
}

one_route()
{
	RET=0
	ip -n "$pe2" -6 route del "$SID_A"
	nexthop add vrftable 100 dev vrf-100
	check_err $? "nexthop add"
	expect_equal "id 10 encap seg6local action End.DT4 vrftable 100 dev vrf-100 scope link" \
		"$(ip -n "$pe2" -6 nexthop show id "$ID" | xargs)" "ip nexthop show"
	expect_equal "seg6local End.DT4 100" \
		"$(ip -n "$pe2" -6 -j nexthop show id "$ID" | jq -r '.[0] | "\(.encap.encap_type) \(.encap.action) \(.encap.vrftable)"')" "JSON"
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer without a route"
	ip -n "$pe2" -6 route add "$SID_A" nhid "$ID"
	check_err $? "route add nhid"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	log_test "Route by a nexthop object"
}

two_routes()
{
	RET=0
	ip -n "$pe2" -6 route add fc00:2::1000/116 nhid "$ID"
	check_err $? "second route to the object"
	ip -n "$pe1" -6 route add fc00:2::1000/116 vrf vrf-100 via fd00::2 dev core
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:2::1234 dev core
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by the second route"
	ip -n "$pe2" -6 route del fc00:2::1000/116
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by the first route after the second is gone"
	log_test "Two routes by one object"
}

replace_object()
{
	local before

	RET=0
	before=$(echo_requests "$h2b")
	nexthop replace vrftable 200 dev vrf-200
	check_err $? "nexthop replace"
	run_ping "$h1a" 10.0.2.1 -W 0.5 >/dev/null
	expect_equal $((before + 3)) "$(echo_requests "$h2b")" "echo requests at h2b, the object leading there"
	nexthop replace vrftable 100 count dev vrf-100
	check_err $? "second nexthop replace"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by the object replaced again"
	log_test "Replace the object under its route"
}

delete_object()
{
	RET=0
	ip -n "$pe2" nexthop del id "$ID"
	check_err $? "nexthop del"
	expect_equal "" "$(ip -n "$pe2" -6 route show "$SID_A")" "route of a deleted object"
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer after the object is gone"
	log_test "Delete the object"
}

start_serving
require_topology a b
run_tests

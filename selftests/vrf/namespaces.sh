#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two network namespaces with the same SID, table and VRF name: each serves its own traffic only.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="each_serves_its_own other_survives"

# A third edge, the double of pe2, with a host that has h2a's address.
setup_double()
{
	setup_ns pe3 h3a || return
	setup_edge "$pe3"
	setup_link "$pe1" "$pe3" core3 fd00:3::1 fd00:3::3
	setup_site "$pe3" "$h3a" 2 a 100
	ip -n "$pe3" -batch - <<-EOF
		route add $SID_A encap seg6local action End.DT4 vrftable 100 count dev vrf-100
		route add fc00:1::100 via fd00:3::1
		route add fc00:1::100 vrf vrf-100 via fd00:3::1 dev core3
		route add 10.0.1.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:1::100 dev core3
	EOF
}

counts()
{
	echo "$(sid_counter "$pe2" "$SID_A" packets) $(sid_counter "$pe3" "$SID_A" packets)" \
		"$(echo_requests "$h2a") $(echo_requests "$h3a")"
}

each_serves_its_own()
{
	local sid2 sid3 host2 host3

	RET=0
	read -r sid2 sid3 host2 host3 < <(counts)
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by pe2"
	expect_equal "$((sid2 + 3)) $sid3 $((host2 + 3)) $host3" "$(counts)" "by pe2: SID of pe2, of pe3, h2a, h3a"

	ip -n "$pe1" -6 route replace "$SID_A" vrf vrf-100 via fd00:3::3 dev core3
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core3
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by pe3"
	expect_equal "$((sid2 + 3)) $((sid3 + 3)) $((host2 + 3)) $((host3 + 3))" "$(counts)" \
		"by pe3: SID of pe2, of pe3, h2a, h3a"
	log_test "Each namespace serves its own SID"
}

other_survives()
{
	RET=0
	cleanup_ns "$pe2"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic by pe3 after pe2 is gone"
	log_test "One namespace survives the other"
}

start_serving
require_topology a
setup_double || exit
run_tests

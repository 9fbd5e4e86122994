#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A SID whose route is on another device outlives its VRF. It must find the VRF of its table when that comes back,
# and must never send into a VRF that merely got the old index.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="alive vrf_gone vrf_back index_given_to_another moved_to_another_table second_vrf_on_the_table which_of_two
	after_another_load table_given_to_another"

readonly SID=fc00:2::a

# The tenant's VRF on pe2 as setup_site makes it; the port survives it.
add_vrf()
{
	ip -n "$pe2" -batch - <<-EOF
		link add vrf-100 ${1:+index $1} type vrf table 100
		link set vrf-100 up
		link set to-a master vrf-100
		addr add 10.0.2.253/32 dev vrf-100
		route replace fc00:1::100/128 vrf vrf-100 via fd00::1 dev core
		route replace 10.0.1.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:1::100 dev core
	EOF
}

vrf_index()
{
	ip -n "$pe2" -j link show dev "$1" | jq '.[0].ifindex'
}

# received WANT_A WANT_B: what 3 packets to the SID add at the host of each tenant. Answers do not matter.
expect_received()
{
	local a b

	a=$(echo_requests "$h2a")
	b=$(echo_requests "$h2b")
	run_ping "$h1a" 10.0.2.1 -W 0.5 >/dev/null
	expect_equal "$2 $3" "$(($(echo_requests "$h2a") - a)) $(($(echo_requests "$h2b") - b))" \
		"$1: echo requests at h2a, h2b"
}

setup_sid()
{
	ip -n "$pe2" -6 route add "$SID" encap seg6local action "$BEHAVIOUR" vrftable 100 count dev core &&
		ip -n "$pe1" -6 route add "$SID" vrf vrf-100 via fd00::2 dev core &&
		ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID" dev core
}

# only_rust WANT: the built-in code never finds a VRF again.
only_rust()
{
	if served_by rust; then echo "$1"; else echo 0; fi
}

alive()
{
	RET=0
	expect_received "the VRF it was made with" 3 0
	log_test "SID on another device than its VRF"
}

vrf_gone()
{
	RET=0
	index=$(vrf_index vrf-100)
	ip -n "$pe2" link del vrf-100
	expect_received "no VRF" 0 0
	ip -n "$pe2" -6 route show "$SID" | grep -q "$BEHAVIOUR"
	check_err $? "the route is gone with the VRF"
	log_test "The VRF is deleted: dropped"
}

vrf_back()
{
	RET=0
	add_vrf
	[[ $(vrf_index vrf-100) != "$index" ]]
	check_err $? "the new VRF has the index of the old one"
	expect_received "the VRF made anew" "$(only_rust 3)" 0
	log_test "The VRF is made anew: the SID $(served_by rust && echo works again || echo stays dead)"
}

# The built-in code sends tenant a's packets to tenant b here.
index_given_to_another()
{
	local old=$index

	RET=0
	# Where the SID leads to now, with either of them.
	if served_by rust; then
		old=$(vrf_index vrf-100)
	fi
	ip -n "$pe2" link del vrf-100
	ip -n "$pe2" link del vrf-200
	ip -n "$pe2" -batch - <<-EOF
		link add vrf-200 index $old type vrf table 200
		link set vrf-200 up
		link set to-b master vrf-200
	EOF
	expect_equal "$old" "$(vrf_index vrf-200)" "index of tenant b's VRF"
	expect_received "the old index is tenant b's VRF" 0 "$(served_by rust && echo 0 || echo 3)"
	add_vrf
	expect_received "the old index is tenant b's, and a VRF for tenant a is there" "$(only_rust 3)" \
		"$(served_by rust && echo 0 || echo 3)"
	log_test "The old index is given to tenant b's VRF: $(served_by rust && echo never sent there || echo sent there)"
}

# With the same index and the table of the other.
moved_to_another_table()
{
	local now

	RET=0
	if served_by c; then
		log_test_skip "The index comes back with another table" "the built-in code does not look at the table"
		return
	fi
	now=$(vrf_index vrf-100)
	ip -n "$pe2" link del vrf-100
	ip -n "$pe2" link add vrf-100 index "$now" type vrf table 300
	ip -n "$pe2" link set vrf-100 up
	expect_received "a VRF of table 300 with the index" 0 0
	ip -n "$pe2" link del vrf-100
	add_vrf "$now"
	expect_received "a VRF of table 100 with the index" 3 0
	log_test "The index comes back with another table, and with the right one"
}

# Strict mode is asked when the route is made, and nobody stops its being switched off later.
second_vrf_on_the_table()
{
	RET=0
	ip -n "$pe2" -6 route replace "$SID" encap seg6local action "$BEHAVIOUR" vrftable 100 count dev core
	expect_received "bound anew" 3 0
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=0
	ip -n "$pe2" link add vrf-more type vrf table 100
	check_err $? "second VRF on the table"
	ip -n "$pe2" link set vrf-more up
	expect_received "two VRFs on the table" 3 0
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=1 2>/dev/null
	check_fail $? "strict mode is switched on with two VRFs on the table"
	ip -n "$pe2" link del vrf-more
	expect_received "the second is gone" 3 0
	log_test "Strict mode off and a second VRF on the table: the first one serves on"
}

# With two VRFs to choose from, neither is chosen; the one that remains is.
which_of_two()
{
	RET=0
	if served_by c; then
		log_test_skip "Two new VRFs on the table" "the built-in code does not look for another"
		return
	fi
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=0
	ip -n "$pe2" link del vrf-100
	ip -n "$pe2" link add vrf-more type vrf table 100
	ip -n "$pe2" link set vrf-more up
	add_vrf
	expect_received "two new VRFs on the table" 0 0
	ip -n "$pe2" link del vrf-more
	expect_received "one of them is left" 3 0
	log_test "Two new VRFs on the table: dropped, until one of them goes"
}

# A route remembers that there was no VRF, in terms of how many have come and gone since the module was loaded. The
# next load counts anew, here up to the same number.
after_another_load()
{
	RET=0
	if served_by c; then
		log_test_skip "The VRF comes back between two loads" "the built-in code does not look for another"
		return
	fi
	module_unload && module_load
	check_err $? "load anew"
	ip -n "$pe2" link del vrf-100
	expect_received "no VRF" 0 0
	module_unload
	check_err $? "unload"
	add_vrf
	ip -n "$pe2" link add vrf-more type vrf table 300
	module_load
	check_err $? "load"
	expect_received "the VRF made while the module was not there" 3 0
	ip -n "$pe2" link del vrf-more
	log_test "The VRF comes back between two loads"
}

# The route names the table, and the table is tenant b's now: a SID has to go with its tenant.
table_given_to_another()
{
	RET=0
	ip -n "$pe2" link del vrf-100
	ip -n "$pe2" link del vrf-200
	ip -n "$pe2" -batch - <<-EOF
		link add vrf-b type vrf table 100
		link set vrf-b up
		link set to-b master vrf-b
	EOF
	expect_received "the table is tenant b's" 0 "$(only_rust 3)"
	ip -n "$pe2" -6 route del "$SID"
	expect_received "the SID has gone" 0 0
	log_test "The table is given to tenant b's VRF: the SID $(served_by rust && echo leads there || echo stays dead)"
}

start_serving
require_topology a b
setup_sid || exit
run_tests

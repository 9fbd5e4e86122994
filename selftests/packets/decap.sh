#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnels made by the kernel itself: with an SRH, without one (reduced), SIDs that are prefixes.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="full_srh reduced two_segments sid_is_prefix wrong_sid"

# tunnel_by ENCAPSULATION...: how tenant a's traffic gets from site 1 to site 2.
tunnel_by()
{
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 "$@" dev core
}

# reaches_sid WHAT SID: three pings from h1a are answered, and SID counts them.
reaches_sid()
{
	local before errors

	read -r before _ errors < <(sid_counters "$pe2" "$2")
	ping_works "$h1a" 10.0.2.1
	check_err $? "$1: no answer"
	expect_equal "$((before + 3)) $errors" "$(sid_counters "$pe2" "$2" | cut -d' ' -f1,3)" "$1: packets and errors of $2"
}

full_srh()
{
	RET=0
	tunnel_by mode encap segs "$SID_A"
	reaches_sid "mode encap" "$SID_A"
	log_test "SRH with one segment"
}

reduced()
{
	RET=0
	tunnel_by mode encap.red segs "$SID_A"
	reaches_sid "mode encap.red" "$SID_A"
	log_test "Reduced encapsulation: no SRH"
}

# Over an End SID of pe2, which makes SL 0 of 1 and leaves the SRH in place.
two_segments()
{
	local mode

	RET=0
	ip -n "$pe2" -6 route add fc00:2::e encap seg6local action End dev core
	defer ip -n "$pe2" -6 route del fc00:2::e
	ip -n "$pe1" -6 route add fc00:2::e vrf vrf-100 via fd00::2 dev core
	defer ip -n "$pe1" -6 route del fc00:2::e vrf vrf-100
	for mode in encap encap.red; do
		tunnel_by mode "$mode" segs fc00:2::e,"$SID_A"
		reaches_sid "two segments, mode $mode" "$SID_A"
	done
	log_test "Two segments, full and reduced"
}

sid_is_prefix()
{
	local prefix=fc00:2:0:f::/64 sid

	RET=0
	ip -n "$pe2" -6 route add "$prefix" encap seg6local action "$BEHAVIOUR" vrftable 100 count dev vrf-100
	defer ip -n "$pe2" -6 route del "$prefix"
	ip -n "$pe1" -6 route add "$prefix" vrf vrf-100 via fd00::2 dev core
	defer ip -n "$pe1" -6 route del "$prefix" vrf vrf-100
	for sid in fc00:2:0:f:: fc00:2:0:f:1:2:3:4; do
		tunnel_by mode encap segs "$sid"
		reaches_sid "segment $sid" "$prefix"
	done
	log_test "SID with a /64 prefix"
}

wrong_sid()
{
	RET=0
	ip -n "$pe1" -6 route add fc00:2::bad vrf vrf-100 via fd00::2 dev core
	defer ip -n "$pe1" -6 route del fc00:2::bad vrf vrf-100
	tunnel_by mode encap segs fc00:2::bad
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer through a SID that nobody has"
	log_test "No answer through an unknown SID"
}

start_serving
require_topology a
run_tests

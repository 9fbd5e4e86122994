#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The SID's counters tell the truth: packets, bytes of the outer packets, errors.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/cases.sh"

ALL_TESTS="packets_and_bytes errors text_output not_asked_for"

# change PACKETS BYTES ERRORS WHAT COMMAND...: what the command adds to the SID's counters.
change()
{
	local packets=$1 bytes=$2 errors=$3 what=$4 p0 b0 e0 p1 b1 e1
	shift 4

	read -r p0 b0 e0 < <(sid_counters "$pe2" "$SID_A")
	"$@" >/dev/null
	check_err $? "$what: the traffic itself failed"
	read -r p1 b1 e1 < <(sid_counters "$pe2" "$SID_A")
	expect_equal "$packets $bytes $errors" "$((p1 - p0)) $((b1 - b0)) $((e1 - e0))" \
		"$what: packets, bytes, errors"
}

# Outer IPv6 40, SRH with one segment 24, inner IPv4 20, ICMP 8, payload.
packets_and_bytes()
{
	RET=0
	change 10 $((10 * (40 + 24 + 20 + 8 + 56))) 0 "10 pings" run_ping "$h1a" 10.0.2.1 -c 10
	change 5 $((5 * (40 + 24 + 20 + 8 + 1200))) 0 "5 large pings" run_ping "$h1a" 10.0.2.1 -c 5 -s 1200
	change 0 0 0 "nothing sent" true
	log_test "Packets and bytes of what was sent"
}

inject_bad()
{
	"$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 <<-EOF
		drop segments-left chain(Srh(segments=[SID] * 2, sl=1))
		drop wrong-header  chain(upper=UDP, inner=udp())
		drop many-headers  chain(*[Dst()] * 13)
	EOF
}

# inject.py adds a good packet of 40 + 20 + 8 + 2 octets.
errors()
{
	RET=0
	change 1 70 3 "3 bad packets" inject_bad
	log_test "Errors of what was dropped"
}

text_output()
{
	local packets bytes errors

	RET=0
	read -r packets bytes errors < <(sid_counters "$pe2" "$SID_A")
	ip -n "$pe2" -s -6 route show "$SID_A" | grep -Eq "packets $packets bytes $bytes errors $errors( |$)"
	check_err $? "ip -s -6 route show: $(ip -n "$pe2" -s -6 route show "$SID_A")"
	log_test "Text output"
}

not_asked_for()
{
	RET=0
	ip -n "$pe2" -6 route replace "$SID_A" encap seg6local action End.DT4 vrftable 100 dev vrf-100
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic without counters"
	ip -n "$pe2" -s -6 route show "$SID_A" | grep -q packets
	check_fail $? "counters that nobody asked for"
	log_test "No counters without \"count\""
}

start_serving
require_topology a
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The inner packet is received by the VRF device: its statistics count it, a sniffer on it sees it.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="statistics sniffer"

# Traffic in one direction: what comes in by a slave of the VRF counts, too. inject.py adds one packet.
statistics()
{
	local before

	RET=0
	before=$(rx_packets "$pe2" vrf-100)
	"$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 >/dev/null <<-EOF
		deliver with-srh    chain(Srh())
		deliver without-srh chain()
		drop    not-last    chain(Srh(segments=[SID] * 2, sl=1))
		drop    not-ipv4    chain(upper=UDP, inner=udp())
	EOF
	check_err $? "the packets were not sent"
	expect_equal 3 $(($(rx_packets "$pe2" vrf-100) - before)) "packets received by vrf-100"
	log_test "VRF receive statistics"
}

sniffer()
{
	RET=0
	start_sniffer "$pe2" -v -i vrf-100 -c 3 'icmp[icmptype] == icmp-echo'
	run_ping "$h1a" 10.0.2.1 -p 5e -t 33 >/dev/null
	check_err $? "no traffic"
	wait "$sniffer"
	check_err $? "tcpdump did not see 3 packets"
	capture_has 'ttl 33,.*proto ICMP'
	check_err $? "no TTL of 33 on the VRF"
	capture_has '10.0.1.1 > 10.0.2.1: ICMP echo request, id [0-9]*, seq 1,'
	check_err $? "no inner addresses on the VRF: $(cat "$capture")"
	log_test "Sniffer on the VRF sees the inner packet"
}

start_serving
require_topology a
run_tests

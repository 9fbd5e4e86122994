#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP segments that travel as one packet (GSO, or GRO on the way in) are still one packet behind End.DT4: a sniffer on
# the VRF sees packets larger than the MTU of the hosts. Of two segments at least: a slow sender gets no more.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="gso gso_reduced gro gro_reduced neither"

# Sends 2 MB and counts packets of over 2000 octets on the VRF; $large, and what the SID counted in $packets.
transfer()
{
	local pcap=$1 received before

	before=$(sid_counter "$pe2" "$SID_A" packets)
	ip netns exec "$pe2" timeout 60 tcpdump -nn -i vrf-100 -w "$pcap" -s 96 'tcp dst port 5201 and greater 2000' 2>"$pcap.log" &
	sniffer=$!
	busywait 20000 grep -q 'listening on' "$pcap.log"
	received=$(ip netns exec "$h1a" timeout 60 iperf3 -J -c 10.0.2.1 -n 2M | jq '.end.sum_received.bytes // 0')
	((received >= 2 << 20))
	check_err $? "$received octets of 2 MB arrived"
	kill -INT "$sniffer"
	wait "$sniffer"
	large=$(tcpdump -nn -r "$pcap" 2>/dev/null | wc -l)
	packets=$(($(sid_counter "$pe2" "$SID_A" packets) - before))
	expect_equal 0 "$(sid_counter "$pe2" "$SID_A" errors)" "errors of the SID"
}

# aggregated WHAT WANT MODE GSO GRO: GSO on pe1's side of the core, GRO on pe2's.
aggregated()
{
	local what=$1 want=$2 dir large packets

	RET=0
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode "$3" segs "$SID_A" dev core
	ip netns exec "$pe1" ethtool -K core tso "$4" gso "$4" >/dev/null
	ip netns exec "$pe2" ethtool -K core gro "$5" >/dev/null
	dir=$(mktemp -d)
	defer rm -rf "$dir"
	transfer "$dir/pcap"
	if [[ $want == many ]]; then
		((large > 20))
	else
		((large == 0))
	fi
	check_err $? "$large packets of over 2000 octets on the VRF, want $want; the SID counted $packets packets"
	log_test "$what: $large large packets on the VRF, $packets in all"
}

gso()
{
	aggregated "GSO, with SRH" many encap on off
}

gso_reduced()
{
	aggregated "GSO, without SRH" many encap.red on off
}

gro()
{
	aggregated "GRO, with SRH" many encap off on
}

gro_reduced()
{
	aggregated "GRO, without SRH" many encap.red off on
}

neither()
{
	aggregated "Neither" none encap off off
}

start_serving
require_topology a
serve_iperf "$h2a"
run_tests

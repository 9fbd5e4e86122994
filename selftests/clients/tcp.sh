#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP in both directions with and without segmentation offload, and large packets.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="offloads_on offloads_off large_packets"

# transfer WHAT [IPERF OPTION...]: 4 MB from h1a to h2a all arrive.
transfer()
{
	local what=$1 report received
	shift

	report=$(ip netns exec "$h1a" timeout 60 iperf3 -J -c 10.0.2.1 -n 4M "$@")
	received=$(jq '.end.sum_received.bytes // 0' <<<"$report")
	((received >= 4 << 20))
	check_err $? "$what: $received octets of 4 MB arrived; $(jq -r '.error // "no error"' <<<"$report")"
	expect_equal 0 "$(sid_counter "$pe2" "$SID_A" errors)" "$what: errors of the SID"
}

both_directions()
{
	transfer "$1, to site 2"
	transfer "$1, from site 2" --reverse
}

# offloads on|off: on the hosts' links, and on the core.
offloads()
{
	local end

	for end in "$h1a eth0" "$h2a eth0" "$pe1 to-a" "$pe2 to-a" "$pe1 core" "$pe2 core"; do
		# shellcheck disable=SC2086 # namespace and device
		set -- "$1" $end
		ip netns exec "$2" ethtool -K "$3" tso "$1" gso "$1" gro "$1" >/dev/null
	done
}

offloads_on()
{
	RET=0
	offloads on
	both_directions "GSO on"
	log_test "TCP with segmentation offload"
}

offloads_off()
{
	RET=0
	offloads off
	both_directions "GSO off"
	log_test "TCP without segmentation offload"
}

large_packets()
{
	local ns

	RET=0
	for ns in "$h1a eth0" "$pe1 to-a" "$pe2 to-a" "$h2a eth0"; do
		ip -n "${ns% *}" link set "${ns#* }" mtu 9000
	done
	run_ping "$h1a" 10.0.2.1 -M "do" -s 8972 >/dev/null
	check_err $? "no answer to packets of 9000 octets"
	transfer "MTU 9000"
	log_test "Packets of 9000 octets"
}

start_serving
require_topology a
serve_iperf "$h2a"
run_tests

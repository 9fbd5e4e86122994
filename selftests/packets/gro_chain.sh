#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# GRO with rx-gro-list makes one buffer of several packets and leaves each its own headers. Each is delivered right,
# with the congestion mark of the outer header; to the host behind the VRF, and to the edge itself.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

ALL_TESTS="tcp tcp_held udp udp_to_edge tcp_to_edge"

readonly EDGE=10.0.2.253

# burst KIND: of 60 packets. Unless they came as chains, nothing is shown.
burst()
{
	local before buffers

	before=$(sid_counter "$pe2" "$SID_A" packets)
	report_cases gro_chain python3 "$TEST_DIR/gro_chain.py" "$pe1" "$pe2" "$h2a" "$1"
	RET=0
	buffers=$(($(sid_counter "$pe2" "$SID_A" packets) - before))
	((buffers > 0 && buffers <= 30))
	check_err $? "the SID counted $buffers buffers"
	expect_equal 0 "$(sid_counter "$pe2" "$SID_A" errors)" "errors of the SID"
	log_test "$1: $buffers buffers for 60 packets"
}

tcp()
{
	burst tcp
}

# A packet socket has references to the same packets.
tcp_held()
{
	burst tcp-held
}

udp()
{
	burst udp
}

udp_to_edge()
{
	burst udp-edge
}

# What a socket of the VRF gets is made into chains, too: GRO looks for it in the default VRF.
tcp_to_edge()
{
	local received before wire packets buffers

	RET=0
	# However slow TCP finds the way to be, it sends several segments at a time.
	ip netns exec "$h1a" sysctl -wq net.ipv4.tcp_min_tso_segs=16
	ip netns exec "$pe2" sysctl -wq net.ipv4.tcp_l3mdev_accept=1
	serve_iperf "$pe2"
	before=$(sid_counter "$pe2" "$SID_A" packets)
	wire=$(rx_packets "$pe2" core)
	# With less on its way than the ring of the veth holds, none is lost and sent anew by itself.
	received=$(ip netns exec "$h1a" timeout 60 iperf3 -J -c "$EDGE" -n 1M -w 64K | jq '.end.sum_received.bytes // 0')
	((received >= 1 << 20))
	check_err $? "$received octets of 1 MB arrived"
	packets=$(($(rx_packets "$pe2" core) - wire))
	buffers=$(($(sid_counter "$pe2" "$SID_A" packets) - before))
	((buffers <= packets * 3 / 4))
	check_err $? "the SID counted $buffers buffers for $packets packets"
	log_test "TCP to the edge: $buffers buffers for $packets packets"
}

start_serving
require_topology a
quiet_neighbours
# The host sees packets as they are on a wire.
ip netns exec "$pe2" ethtool -K to-a tso off gso off tx-udp-segmentation off tx off >/dev/null
ip netns exec "$pe1" ethtool -K core tso off gso off >/dev/null
ip netns exec "$pe2" ethtool -K core gro on rx-gro-list on >/dev/null
# A burst gets together, though each packet is sent on its own.
ip netns exec "$pe2" sh -c 'cd /sys/class/net/core && echo 20000000 >gro_flush_timeout && echo 100 >napi_defer_hard_irqs'
run_tests

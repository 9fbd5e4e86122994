#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The inner packet is routed by all that routing looks at, as any packet that the VRF receives: its DSCP takes part in
# rules, its own addresses and ports choose among equal paths.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="dscp_in_rules equal_paths equal_paths_one_flow_label"
readonly FAR=10.0.9.1 FLOWS=64

# setup_second_path: from the VRF at site 2 to its host, by a second port; the address FAR is behind both.
setup_second_path()
{
	ip link add eth1 netns "$h2a" type veth peer name to-a2 netns "$pe2"
	ip -n "$pe2" -batch - <<-EOF
		link set to-a2 master vrf-100 up
		addr add 10.0.8.254/24 dev to-a2
	EOF
	ip -n "$h2a" -batch - <<-EOF
		link set eth1 up
		addr add 10.0.8.1/24 dev eth1
		addr add $FAR/32 dev lo
	EOF
	ip -n "$pe1" route add "$FAR" vrf vrf-100 encap seg6 mode encap.red segs "$SID_A" dev core
	ip netns exec "$h2a" sysctl -wq net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0
}

# Packets that the host has received by either path.
paths()
{
	echo "$(rx_packets "$h2a" eth0) $(rx_packets "$h2a" eth1)"
}

dscp_in_rules()
{
	local first second

	RET=0
	ip -n "$pe2" route add "$FAR" vrf vrf-100 via 10.0.2.1
	defer ip -n "$pe2" route del "$FAR" vrf vrf-100
	ip -n "$pe2" route add "$FAR" table 150 via 10.0.8.1 dev to-a2
	defer ip -n "$pe2" route del "$FAR" table 150
	ip -n "$pe2" rule add pref 900 iif vrf-100 dscp EF lookup 150
	check_err $? "this iproute2 has no DSCP in rules"
	defer ip -n "$pe2" rule del pref 900
	ping_works "$h1a" "$FAR"
	check_err $? "no answer without a DSCP"
	ping_works "$h1a" "$FAR" -Q 0xb8
	check_err $? "no answer with DSCP EF"
	read -r first second < <(paths)
	run_ping "$h1a" "$FAR" -c 10 >/dev/null
	run_ping "$h1a" "$FAR" -c 20 -Q 0xb8 >/dev/null
	first=$(($(rx_packets "$h2a" eth0) - first)) second=$(($(rx_packets "$h2a" eth1) - second))
	# ARP and the like count, too.
	((first >= 10 && first < 20 && second >= 20 && second < 30))
	check_err $? "of 10 packets without a DSCP and 20 of EF $first took the first path and $second the rule's"
	log_test "A rule for a DSCP"
}

# spread WHAT FLOW_LABEL: many flows of one host take both paths.
spread()
{
	local what=$1 label=$2 first second

	ip -n "$pe2" route add "$FAR" vrf vrf-100 nexthop via 10.0.2.1 dev to-a nexthop via 10.0.8.1 dev to-a2
	defer ip -n "$pe2" route del "$FAR" vrf vrf-100
	ip netns exec "$pe2" sysctl -wq net.ipv4.fib_multipath_hash_policy=1
	read -r first second < <(paths)
	python3 "$TEST_DIR/routing.py" "$pe1" "$SID_A" "$FAR" "$FLOWS" "$label"
	check_err $? "the packets were not sent"
	sleep 1
	first=$(($(rx_packets "$h2a" eth0) - first)) second=$(($(rx_packets "$h2a" eth1) - second))
	((first + second >= FLOWS))
	check_err $? "$((first + second)) packets of $FLOWS arrived"
	((first >= FLOWS / 8 && second >= FLOWS / 8))
	check_err $? "of $FLOWS flows $first took one path and $second the other"
	log_test "$what"
}

equal_paths()
{
	RET=0
	spread "Flows choose among equal paths" 0
}

# Steering by RPS has the hash of the outer packet computed, which the flow label makes one of the transport by name.
equal_paths_one_flow_label()
{
	RET=0
	if ! ip netns exec "$pe2" test -e /sys/class/net/core/queues/rx-0/rps_cpus; then
		log_test_skip "This kernel has no RPS"
		return
	fi
	# shellcheck disable=SC2016 # for the other shell
	ip netns exec "$pe2" sh -c 'for queue in /sys/class/net/core/queues/rx-*/rps_cpus; do echo 3 >$queue; done'
	check_err $? "cannot switch RPS on"
	spread "Flows choose among equal paths, behind one flow label and RPS" 0x12345
}

start_serving
require_topology a
setup_second_path
run_tests

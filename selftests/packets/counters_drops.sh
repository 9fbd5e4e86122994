#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's drops by cause in debugfs agree with the SID's errors.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="well_formed one_by_one good_packets_are_no_drops not_forwarding congestion all_cpus"

well_formed()
{
	RET=0
	! grep -vE '^[a-z_]+ [A-Z0-9_]+ [0-9]+$' "$DEBUGFS/drops"
	check_err $? "a line of $DEBUGFS/drops is not \"cause REASON N\""
	grep -q . "$DEBUGFS/drops"
	check_err $? "$DEBUGFS/drops names no cause"
	log_test "Every line is a cause, the kernel's reason and a number"
}

# inject_bad [COMMAND...]: by way of the command.
inject_bad()
{
	"$@" "$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 <<-EOF
		drop segments-left    chain(Srh(segments=[SID] * 2, sl=1))
		drop malformed        chain(Srh(last=5, flags=HMAC_FLAG))
		drop beyond           chain(Srh(hdrlen=200))
		drop wrong-header     chain(upper=UDP, inner=udp())
		drop nothing          chain(Srh(), upper=NONE, inner=b"")
		drop too-many-headers chain(*[Dst()] * 13)
		drop odd-fragment     chain(Frag(more=1))
	EOF
}

# "CAUSE N, " of every cause that was counted.
counted()
{
	awk '$3 { printf "%s %d, ", $1, $3 }' "$DEBUGFS/drops"
}

one_by_one()
{
	local errors

	RET=0
	expect_equal "" "$(counted)" "drops of a module just loaded"
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	inject_bad >/dev/null
	check_err $? "the packets were not sent"
	expect_equal "outer_truncated 1, too_many_extension_headers 1, outer_fragment 1, malformed_srh 1, segments_left 1, upper_layer 2, " \
		"$(counted)" "drops by cause"
	expect_equal 7 $(($(sid_counter "$pe2" "$SID_A" errors) - errors)) "errors counted by the SID"
	log_test "Each fault has its cause, and the sum is the SID's errors"
}

good_packets_are_no_drops()
{
	local drops

	RET=0
	drops=$(drops_total)
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	expect_equal "$drops" "$(drops_total)" "drops after good packets"
	log_test "Good packets are no drops"
}

# Its own addresses answer, whatever else it does.
not_forwarding()
{
	local errors refused

	RET=0
	ip netns exec "$pe2" sysctl -wq net.ipv4.conf.vrf-100.forwarding=0
	defer ip netns exec "$pe2" sysctl -wq net.ipv4.conf.vrf-100.forwarding=1
	refused=$(nstat_counter "$pe2" IpInAddrErrors)
	errors=$(drops_of not_forwarding)
	! ping_works "$h1a" 10.0.2.1
	check_err $? "the VRF forwards"
	expect_equal $((errors + 3)) "$(drops_of not_forwarding)" "drops counted"
	expect_equal $((refused + 3)) "$(nstat_counter "$pe2" IpInAddrErrors)" "IpInAddrErrors"
	ping_works "$h1a" 10.0.2.253
	check_err $? "no answer from the VRF itself"
	log_test "A VRF that does not forward"
}

# A queue that is full takes the packet and drops the oldest one.
congestion()
{
	local errors drops packets dropped

	RET=0
	if ! ip netns exec "$pe2" tc qdisc add dev to-a root handle 1: tbf rate 8kbit burst 2000 limit 100000; then
		log_test_skip "This kernel has no qdisc tbf"
		return
	fi
	defer ip netns exec "$pe2" tc qdisc del dev to-a root
	ip netns exec "$pe2" tc qdisc add dev to-a parent 1:1 pfifo_head_drop limit 2
	check_err $? "no such queue"
	read -r packets _ errors < <(sid_counters "$pe2" "$SID_A")
	drops=$(drops_total)
	run_ping "$h1a" 10.0.2.1 -c 20 -s 400 -W 1 >/dev/null
	dropped=$(ip netns exec "$pe2" tc -j -s qdisc show dev to-a root | jq '.[0].drops')
	((dropped >= 10))
	check_err $? "the queue dropped $dropped packets: it was not full"
	expect_equal "$((packets + 20)) $errors" "$(sid_counters "$pe2" "$SID_A" | cut -d' ' -f1,3)" "packets and errors of the SID"
	expect_equal "$drops" "$(drops_total)" "drops"
	log_test "A packet that took the place of another in a queue is no drop"
}

# With veth a packet is processed on the CPU that it was sent on.
all_cpus()
{
	local cpu before

	RET=0
	before=$(drops_total)
	for cpu in $(seq 0 $(($(nproc) - 1))); do
		inject_bad taskset -c "$cpu" >/dev/null
		check_err $? "the packets were not sent on CPU $cpu"
	done
	expect_equal $((7 * $(nproc))) $(($(drops_total) - before)) "drops counted on $(nproc) CPUs"
	log_test "What the CPUs have counted is added up"
}

require_rust
start_serving
require_topology a
run_tests

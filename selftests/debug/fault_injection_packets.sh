#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory on the packet path: the packet is dropped and counted for that reason, later ones get through. And no
# pointer into a packet survives that its data moves. For kernels with fault injection.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"
source "$SELFTESTS_DIR/lib/faults.sh"

ALL_TESTS="single_packets large_packets everything data_moves"

# The packets of the Python file, one result for each.
single_packets()
{
	judge module fault_injection_packets.py
	injection_off
}

more_than()
{
	(($("${@:2}") > $1))
}

sniffed()
{
	# One line is the heading.
	(($(ip netns exec "$pe2" cat /proc/net/packet | wc -l) > 1))
}

# A sniffer without a ring shares the data of all packets, so that the headers of those with GSO have to be copied. It has
# to keep up, or it gets none; and a flow that has lost some would send packets too small for GSO.
large_packets()
{
	local before dropped arrived

	RET=0
	serve_iperf "$h2a"
	ip netns exec "$pe2" socat -u INTERFACE:core OPEN:/dev/null 2>/dev/null &
	defer kill_process $!
	slowwait "$PATIENCE" sniffed
	check_err $? "the sniffer did not start"
	before=$(drops_of no_memory)
	ip netns exec "$h1a" sysctl -wq net.ipv4.tcp_min_tso_segs=16
	ip netns exec "$h1a" nice -n 19 iperf3 -c 10.0.2.1 -P 2 -t 3600 &>/dev/null &
	defer kill_process $!
	inject_below_function failslab 10 rust_helper_iptunnel_pull_offloads
	check_err $? "no such function in the module"
	slowwait "$PATIENCE" more_than $((before + 9)) drops_of no_memory
	check_err $? "not ten packets were dropped for want of memory"
	injection_off
	dropped=$(($(drops_of no_memory) - before))
	arrived=$(sid_counter "$pe2" "$SID_A" bytes)
	slowwait "$PATIENCE" more_than $((arrived + (1 << 20))) sid_counter "$pe2" "$SID_A" bytes
	check_err $? "it does not go on"
	log_test "No memory: TCP survives $dropped large packets that are dropped"
}

# Every tenth allocation for a received packet, whoever makes it.
everything()
{
	local count

	RET=0
	inject_below_function failslab 10 process_backlog && inject_below_function fail_page_alloc 10 process_backlog
	check_err $? "the kernel has no process_backlog()"
	run_ping "$h1a" 10.0.2.1 -f -c 500 -s 3000 -W 0.1 >/dev/null
	run_ping "$h1a" 10.0.2.1 -f -c 500 -W 0.1 >/dev/null
	injection_off
	count=$(injected failslab fail_page_alloc)
	((count > 0))
	check_err $? "nothing has failed"
	slowwait "$PATIENCE" ping_works "$h1a" 10.0.2.1
	check_err $? "no answer afterwards"
	log_test "No memory, anywhere, now and then: $count times"
}

# The kernel moves the data of a packet whenever it asks for headers.
data_moves()
{
	RET=0
	[[ -d /sys/kernel/debug/fail_skb_realloc ]]
	check_err $? "the kernel has no CONFIG_FAIL_SKB_REALLOC"
	inject fail_skb_realloc 100
	python3 "$SELFTESTS_DIR/packets/counters_tracepoint.py" module "$pe1" "$pe2" "$h2a"
	check_err $? "the packets were not sent"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer"
	(($(injected fail_skb_realloc) > 0))
	check_err $? "no data has moved"
	injection_off
	log_test "The data moves when headers are asked for"
}

require_fault_injection
start_with_builtin
continue_with_module
defer injection_off
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoint skb:kfree_skb gives the same reasons, by name and as often, as debugfs; the sum is the SID's errors.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

ALL_TESTS="agreement"
TRACE=/sys/kernel/tracing

trace_off()
{
	echo 0 >"$TRACE/events/skb/kfree_skb/enable"
	echo >"$TRACE/trace"
}

# Lines "REASON N": what was freed in the module, or for it by a route that refuses. (IP_INADDRERRORS is what the
# host h2a, which does not forward, says of what it gets.)
traced()
{
	sed -nE '/IP_INADDRERRORS/d; s/.* location=(ip_error\+|.*\[seg6_end_dt4\]).* reason: ([A-Z0-9_]+)$/\2/p' \
		"$TRACE/trace" | sort | uniq -c |
		awk '{ print $2, $1 }'
}

# The same by debugfs. What the next layer and reassembly drop they free with reasons of their own.
counted()
{
	awk '$1 != "next_layer" && $1 != "outer_fragment" { sum[$2] += $3 } END { for (reason in sum) if (sum[reason]) print reason, sum[reason] }' "$DEBUGFS/drops" | sort
}

agreement()
{
	local errors kind

	RET=0
	ip -n "$pe2" -batch - <<-END
		route add unreachable 198.51.100.1 vrf vrf-100
		route add prohibit 198.51.100.2 vrf vrf-100
		route add blackhole 198.51.100.3 vrf vrf-100
		route add throw 198.51.100.4 vrf vrf-100
	END
	echo 8192 >"$TRACE/buffer_size_kb"
	echo >"$TRACE/trace"
	echo 1 >"$TRACE/events/skb/kfree_skb/enable"
	defer trace_off
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	python3 "$TEST_DIR/counters_tracepoint.py" module "$pe1" "$pe2" "$h2a"
	check_err $? "the packets were not sent"
	echo 0 >"$TRACE/events/skb/kfree_skb/enable"
	expect_equal "$(counted)" "$(traced)" "reasons by debugfs, by the tracepoint"
	kind=$(counted | wc -l)
	((kind >= 8))
	check_err $? "reasons seen: $kind"
	expect_equal "$(drops_total)" "$(($(sid_counter "$pe2" "$SID_A" errors) - errors))" "drops by debugfs, errors of the SID"
	log_test "Tracepoint, debugfs and SID agree"
}

start_with_builtin
continue_with_module
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's drops by cause in debugfs agree with the SID's errors.

source "$(dirname "$(readlink -f "$0")")/lib.sh"

ALL_TESTS="well_formed one_by_one good_packets_are_no_drops"

well_formed()
{
	RET=0
	! grep -vE '^[a-z_]+ [A-Z0-9_]+ [0-9]+$' "$DEBUGFS/drops"
	check_err $? "a line of $DEBUGFS/drops is not \"cause REASON N\""
	grep -q . "$DEBUGFS/drops"
	check_err $? "$DEBUGFS/drops names no cause"
	log_test "Every line is a cause, the kernel's reason and a number"
}

inject_bad()
{
	"$SELFTESTS_DIR/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 <<-EOF
		drop segments-left    srh:segs=2:sl=1,ip4
		drop malformed        srh:last=5,ip4
		drop beyond           srh:hdrlen=200,ip4
		drop wrong-header     udp
		drop nothing          srh,none
		drop too-many-headers dst*13,ip4
		drop later-fragment   frag:off=8,ip4
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

require_rust
start_serving
require_topology a
run_tests

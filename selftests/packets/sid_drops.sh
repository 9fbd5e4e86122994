#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The drops of each SID: they are those of its network namespace and of its prefix, whatever the address, and together
# they are all drops.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

ALL_TESTS="no_drops each_sid all_of_a_prefix both_namespaces no_sid_twice too_many_sids namespace_gone"
readonly PREFIX=fc00:2:0:1::

# sid_drops NS [SID]: what is said of the SIDs of a namespace, in one line.
sid_drops()
{
	awk -v netns="$(netns_of "$1")" -v sid="${2:-}" \
		'$1 == netns && (sid == "" || $2 == sid) { print $2, $3, $4 }' "$DEBUGFS/sid_drops" | sort | paste -sd,
}

expect_sum()
{
	expect_equal "$(drops_total)" "$(awk '{ sum += $4 } END { print sum + 0 }' "$DEBUGFS/sid_drops")" \
		"drops of all SIDs, and drops"
}

no_drops()
{
	RET=0
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	expect_equal "" "$(cat "$DEBUGFS/sid_drops")" "drops by SID"
	log_test "SIDs without drops are not listed"
}

# inject_bad SID HOST: two causes, one of them twice.
inject_bad()
{
	"$SELFTESTS_DIR/lib/inject.py" "$pe1" "$2" "$1" 10.0.2.1 >/dev/null <<-EOF
		drop segments-left chain(Srh(segments=[SID] * 2, sl=1))
		drop wrong-header  chain(upper=UDP, inner=udp())
		drop nothing       chain(Srh(), upper=NONE, inner=b"")
	EOF
	check_err $? "the packets were not sent"
}

each_sid()
{
	RET=0
	inject_bad "$SID_A" "$h2a"
	expect_equal "$SID_A/128 segments_left 1,$SID_A/128 upper_layer 2" "$(sid_drops "$pe2")" "after those of one"
	inject_bad "$SID_B" "$h2b"
	inject_bad "$SID_B" "$h2b"
	expect_equal "$SID_A/128 segments_left 1,$SID_A/128 upper_layer 2,$SID_B/128 segments_left 2,$SID_B/128 upper_layer 4" \
		"$(sid_drops "$pe2")" "after those of the other"
	expect_sum
	log_test "Each SID has its own"
}

# The inner destination has no route.
all_of_a_prefix()
{
	RET=0
	ip -n "$pe2" -6 route add "$PREFIX/64" encap seg6local action End.DT4 vrftable 100 dev vrf-100
	ip -n "$pe1" -6 route add "$PREFIX/64" via fd00::2 dev core
	"$SELFTESTS_DIR/hostile/spray.py" "$pe1" "$PREFIX" 500 10.0.1.1 10.9.9.9
	check_err $? "the packets were not sent"
	expect_equal "$PREFIX/64 no_route 500" "$(sid_drops "$pe2" "$PREFIX/64")" "by its prefix"
	expect_sum
	ip -n "$pe2" -6 route del "$PREFIX/64"
	ip -n "$pe2" -6 route add "$PREFIX/64" encap seg6local action End.DT4 vrftable 100 dev vrf-100
	"$SELFTESTS_DIR/hostile/spray.py" "$pe1" "$PREFIX" 10 10.0.1.1 10.9.9.9
	expect_equal "$PREFIX/64 no_route 510" "$(sid_drops "$pe2" "$PREFIX/64")" "after the route was made anew"
	log_test "All addresses of a prefix are one SID, and stay it when the route is made anew"
}

# An edge with the same SID.
both_namespaces()
{
	local drops

	RET=0
	drops=$(sid_drops "$pe2")
	setup_ns pe3 h3a
	setup_edge "$pe3"
	setup_link "$pe1" "$pe3" core3 fd00:3::1 fd00:3::3
	setup_site "$pe3" "$h3a" 2 a 100
	ip -n "$pe3" -6 route add "$SID_A" encap seg6local action End.DT4 vrftable 100 count dev vrf-100
	ip -n "$pe1" -6 route replace "$SID_A" via fd00:3::3 dev core3
	inject_bad "$SID_A" "$h3a"
	expect_equal "$SID_A/128 segments_left 1,$SID_A/128 upper_layer 2" "$(sid_drops "$pe3")" "in the new namespace"
	expect_equal "$drops" "$(sid_drops "$pe2")" "in the old one"
	expect_sum
	ip -n "$pe1" -6 route replace "$SID_A" via fd00::2 dev core
	log_test "The same SID in two network namespaces"
}

# Packets that are given to their route again: headers that are not linear, fragments.
no_sid_twice()
{
	RET=0
	quiet_neighbours
	# For the next test there are destinations without a route.
	defer ip -n "$pe2" route del default vrf vrf-100
	"$SELFTESTS_DIR/lib/wire_send.py" "$pe1" "$pe2" "$h2a" >/dev/null <<-EOF
		chain(LARGEST, LARGEST, inner=b"\x45" + bytes(31), dst="$SID_B")
		fragments(inner=b"\x45" + bytes(31), dst="$SID_B")[0]
		fragments(inner=b"\x45" + bytes(31), dst="$SID_B")[1]
	EOF
	check_err $? "the packets were not sent"
	expect_equal "$SID_B/128 inner_checksum 2,$SID_B/128 segments_left 2,$SID_B/128 upper_layer 4" \
		"$(sid_drops "$pe2" "$SID_B/128")" "of the SID"
	expect_sum
	log_test "A packet that comes to its SID twice is counted once"
}

too_many_sids()
{
	local i number

	RET=0
	for ((i = 1; i <= 1100; i++)); do
		printf 'route add fc00:2:0:2::%x encap seg6local action End.DT4 vrftable 100 dev vrf-100\n' "$i"
	done | ip -n "$pe2" -6 -batch -
	ip -n "$pe1" -6 route add fc00:2:0:2::/64 via fd00::2 dev core
	"$SELFTESTS_DIR/hostile/spray.py" "$pe1" fc00:2:0:2:: 1100 10.0.1.1 10.9.9.9
	check_err $? "the packets were not sent"
	number=$(awk -v netns="$(netns_of "$pe2")" '$1 == netns && $2 != "other" && !seen[$2]++ { n++ } END { print n }' "$DEBUGFS/sid_drops")
	expect_equal 1024 "$number" "SIDs with counters of their own"
	# Those of before are three.
	expect_equal "other no_route $((1100 - (1024 - 3)))" "$(sid_drops "$pe2" other)" "those together"
	expect_sum
	log_test "More SIDs with drops than there is room for"
}

namespace_gone()
{
	local netns

	RET=0
	netns=$(netns_of "$pe3")
	cleanup_ns "$pe3"
	slowwait "$PATIENCE" gone "$netns"
	check_err $? "its SIDs are still there"
	log_test "A network namespace goes, with its counters"
}

gone()
{
	! grep -q "^$1 " "$DEBUGFS/sid_drops"
}

require_rust
start_serving
require_topology a b
run_tests

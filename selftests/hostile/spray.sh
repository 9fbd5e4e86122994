#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A packet to each of many addresses of a SID that is a prefix: they are served, none of them is remembered, and what
# is remembered stays so.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="spray"
# More than there are places to remember a route in.
readonly PREFIX=fc00:2:0:1:: NUMBER=20000

# are_in_use BEFORE: the SIDs, both ways: more than one packet to each got a route that was remembered, since there were
# so many.
are_in_use()
{
	(($(lookups_of outer_remembered) - $1 >= 4))
}

spray()
{
	local found packets ping remembered

	RET=0
	at_edge "ip -6 route add $PREFIX/64 encap seg6local action End.DT4 vrftable 100 count dev vrf-100"
	ip -n "$pe1" -6 route add "$PREFIX/64" via fd00::2 dev core
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way is found directly"
	# What nobody asks for is forgotten in a few seconds, which a slow machine takes to start a program. So the SIDs are in
	# use before, and until it is over.
	remembered=$(lookups_of outer_remembered)
	ip netns exec "$h1a" ping -q -n -i 0.5 10.0.2.1 >/dev/null &
	ping=$!
	slowwait "$PATIENCE" are_in_use "$remembered"
	check_err $? "the SIDs in use are not remembered"
	found=$(lookups_of outer_found)
	"$TEST_DIR/spray.py" "$pe1" "$PREFIX" "$NUMBER" 10.0.1.1 10.0.2.1
	check_err $? "the packets cannot be sent"
	found=$(($(lookups_of outer_found) - found))
	expect_equal 0 "$found" "routes looked for"
	kill "$ping"
	# On a slow machine some of them still wait in the backlog.
	slowwait "$PATIENCE" all_direct
	check_err $? "the SID in use is not remembered any more"
	read -r packets _ < <(sid_counters "$pe2" "$PREFIX/64")
	expect_equal "$NUMBER" "$packets" "packets served"
	log_test "$NUMBER addresses of a prefix, each once"
}

require_rust
start_serving
require_topology a
start_echoes
run_tests

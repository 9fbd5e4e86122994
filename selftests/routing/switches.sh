#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# direct_route and remember_route, turned off and on under traffic: nothing is lost, and what is said about who has
# found the ways is so. Where no SID has a packet there is no hook, none is left behind, and it comes back.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="off_and_on counted idle in_vain"
readonly PARAMETERS=/sys/module/$MODULE/parameters

switch()
{
	echo "$2" >"$PARAMETERS/$1"
}

off_and_on()
{
	local flood i name

	RET=0
	slowwait "$PATIENCE" all_direct
	ip netns exec "$h1a" ping -q -n -i 0.01 -c 600 10.0.2.1 >"$answers" 2>&1 &
	flood=$!
	for i in {1..10}; do
		for name in direct_route remember_route; do
			switch "$name" N
			sleep 0.2
			switch "$name" Y
			sleep 0.1
		done
	done
	wait "$flood"
	check_err $? "ping"
	grep -q ' 0% packet loss' "$answers"
	check_err $? "lost: $(cat "$answers")"
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way is found directly afterwards"
	log_test "Off and on under traffic: nothing is lost"
}

# counted_as WANT COUNTER...: of ten echo requests and their answers.
counted_as()
{
	local want=$1 before
	shift

	before=$(lookups_of "$@")
	run_ping "$h1a" 10.0.2.1 -c 10 >/dev/null
	check_err $? "lost"
	expect_equal "$want" $(($(lookups_of "$@") - before)) "packets counted as $*"
}

counted()
{
	RET=0
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way is found directly"
	counted_as 20 inner_direct
	counted_as 20 outer_remembered
	at_edge "ip rule add pref 1 from 10.9.0.0/16 lookup main; ip -6 rule add pref 1 from fd00:9::/32 lookup main"
	counted_as 10 inner_asked_rule
	at_edge "ip rule del pref 1; ip -6 rule del pref 1"
	switch direct_route N
	counted_as 0 inner_direct
	switch direct_route Y
	switch remember_route N
	counted_as 0 outer_remembered outer_found
	switch remember_route Y
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way is found directly again"
	log_test "Who has found the ways"
}

# remembers BEFORE: whether another route is found to be remembered, for some packets.
remembers()
{
	run_ping "$h1a" 10.0.2.1 -c 3 -i 0.2 >/dev/null
	(($(lookups_of outer_found) > $1))
}

idle()
{
	local before

	RET=0
	slowwait "$PATIENCE" all_direct
	# Forgotten after 5 to 10 seconds, so the next packet has to be found anew.
	sleep 11
	before=$(lookups_of outer_found)
	slowwait "$PATIENCE" remembers "$before"
	check_err $? "a route that nobody asked for is still remembered"
	log_test "What is not asked for is forgotten"
}

at_both_edges()
{
	ip netns exec "$pe1" bash -c "$1" && at_edge "$1"
}

in_vain()
{
	RET=0
	slowwait "$PATIENCE" all_direct
	# So both give up.
	at_both_edges "ip -6 rule add pref 1 from fd00:9::/32 lookup main"
	is_answered && is_answered
	check_err $? "the kernel's answer is none"
	# All is forgotten, and nothing is done any more.
	sleep 16
	is_answered
	check_err $? "the kernel's answer is none after a while"
	at_both_edges "ip -6 rule del pref 1"
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way is found directly once that is possible"
	log_test "What was in vain for a while is done again"
}

require_rust
start_serving
require_topology a
answers=$(mktemp)
defer rm -f "$answers"
start_echoes
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routes of End.DT6 and End.DT46: output and messages are those of the built-in code; those that name a table stay with it.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="add_and_show errors table_is_left_alone warnings"

# add BEHAVIOUR PARAMETER...
add()
{
	ip -n "$pe" -6 route add "$SID_A" encap seg6local action "$@"
}

add_and_show()
{
	local behaviour

	RET=0
	for behaviour in End.DT6 End.DT46; do
		add "$behaviour" vrftable 100 dev vrf-100
		check_err $? "$behaviour: add"
		expect_equal "$SID_A encap seg6local action $behaviour vrftable 100 dev vrf-100 metric 1024 pref medium" "$(show_sid)" \
			"$behaviour: ip -6 route show"
		ip -n "$pe" -6 route replace "$SID_A" encap seg6local action "$behaviour" vrftable 200 count dev core
		check_err $? "$behaviour: replace"
		expect_equal "0 0 0" "$(sid_counters "$pe" "$SID_A")" "$behaviour: counters"
		expect_equal "200" "$(ip -n "$pe" -6 -j route show "$SID_A" | jq -r '.[0].encap.vrftable')" "$behaviour: table"
		delete_sid
		check_err $? "$behaviour: delete"
	done
	log_test "Add, show, replace, delete"
}

# refused MESSAGE BEHAVIOUR PARAMETER...
refused()
{
	local message=$1 output
	shift

	output=$(add "$@" 2>&1)
	check_fail $? "'$*' succeeded"
	expect_equal "$message" "$output" "'$*'"
	expect_equal "" "$(show_sid)" "a route after an error"
}

errors()
{
	local behaviour

	RET=0
	for behaviour in End.DT6 End.DT46; do
		refused "Error: Table has no associated VRF device." "$behaviour" vrftable 12345 dev vrf-100
	done
	refused "Error: table or vrftable must be specified." End.DT6 count dev vrf-100
	refused "Error: table or vrftable must be specified." End.DT6 table 100 vrftable 100 dev vrf-100
	refused "RTNETLINK answers: Invalid argument" End.DT46 count dev vrf-100
	refused "RTNETLINK answers: Invalid argument" End.DT46 table 100 dev vrf-100
	ip netns exec "$pe" sysctl -wq net.vrf.strict_mode=0
	for behaviour in End.DT6 End.DT46; do
		refused "Error: Strict mode for VRF is disabled." "$behaviour" vrftable 100 dev vrf-100
	done
	ip netns exec "$pe" sysctl -wq net.vrf.strict_mode=1
	log_test "Messages"
}

table_is_left_alone()
{
	RET=0
	add End.DT6 table 100 dev core
	check_err $? "add"
	expect_equal "$SID_A encap seg6local action End.DT6 table 100 dev core metric 1024 pref medium" "$(show_sid)" "ip -6 route show"
	delete_sid
	log_test "End.DT6 with a table"
}

warnings()
{
	served_by rust || return 0
	RET=0
	ip netns exec "$pe" sysctl -wq net.ipv6.conf.all.forwarding=0
	expect_equal "Warning: The VRF does not forward IPv6: see net.ipv6.conf.all.forwarding." \
		"$(add End.DT6 vrftable 100 dev vrf-100 2>&1)" "without forwarding"
	delete_sid
	ip netns exec "$pe" sysctl -wq net.ipv6.conf.all.forwarding=1
	expect_equal "" "$(add End.DT46 vrftable 100 dev vrf-100 2>&1)" "with forwarding"
	delete_sid
	log_test "Warnings"
}

start_serving
setup_lone_edge || exit
run_tests

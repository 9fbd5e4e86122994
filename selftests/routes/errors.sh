#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What cannot be configured is refused with the message that users of the built-in code know, and leaves nothing.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="strict_mode_off no_vrf no_table wrong_attribute not_ipv6 works_afterwards"

# refused MESSAGE COMMAND...: ip fails with it, for an inline route as for a nexthop object.
refused()
{
	local message=$1 output
	shift

	output=$("$@" 2>&1)
	check_fail $? "'$*' succeeded"
	expect_equal "$message" "$output" "'$*'"
	expect_equal "" "$(show_sid)" "a route after an error"
}

refused_both()
{
	local message=$1
	shift

	refused "$message" add_sid "$@"
	refused "$message" ip -n "$pe" -6 nexthop add id 7 encap seg6local action End.DT4 "$@"
	expect_equal "" "$(ip -n "$pe" nexthop show)" "a nexthop object after an error"
}

strict_mode_off()
{
	RET=0
	ip netns exec "$pe" sysctl -wq net.vrf.strict_mode=0
	defer ip netns exec "$pe" sysctl -wq net.vrf.strict_mode=1
	refused_both "Error: Strict mode for VRF is disabled." vrftable 100 dev vrf-100
	log_test "VRF strict mode is off"
}

no_vrf()
{
	RET=0
	refused_both "Error: Table has no associated VRF device." vrftable 12345 dev vrf-100
	refused_both "Error: Table has no associated VRF device." vrftable 254 dev core
	log_test "No VRF for the table"
}

no_table()
{
	RET=0
	refused_both "RTNETLINK answers: Invalid argument" count dev vrf-100
	log_test "No vrftable"
}

wrong_attribute()
{
	RET=0
	refused_both "RTNETLINK answers: Invalid argument" table 100 dev vrf-100
	log_test "A table instead of a vrftable"
}

not_ipv6()
{
	RET=0
	refused "RTNETLINK answers: Invalid argument" \
		ip -n "$pe" route add 10.9.0.0/24 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	log_test "IPv4 route"
}

works_afterwards()
{
	RET=0
	add_sid vrftable 100 dev vrf-100
	check_err $? "a correct route after the errors"
	log_test "A correct route after the errors"
}

start_serving
setup_lone_edge || exit
run_tests

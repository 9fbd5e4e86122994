#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# End.DT4 routes by iproute2: add, show, replace, delete, JSON, counters; the output is that of the built-in code.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="add_and_show json replace_route optional_attributes"

add_and_show()
{
	RET=0
	add_sid vrftable 100 dev vrf-100
	defer delete_sid
	expect_equal "$SID_A encap seg6local action End.DT4 vrftable 100 dev vrf-100 metric 1024 pref medium" "$(show_sid)" \
		"ip -6 route show"
	add_sid vrftable 100 dev vrf-100 2>/dev/null
	check_fail $? "adding the route twice"
	log_test "Add and show"
}

json()
{
	RET=0
	add_sid vrftable 100 count dev vrf-100
	defer delete_sid
	expect_equal "seg6local End.DT4 100 vrf-100" \
		"$(ip -n "$pe" -6 -j route show "$SID_A" | jq -r '.[0] | "\(.encap.encap_type) \(.encap.action) \(.encap.vrftable) \(.dev)"')" "JSON"
	expect_equal "0 0 0" "$(sid_counters "$pe" "$SID_A")" "counters of a new route"
	log_test "JSON"
}

replace_route()
{
	RET=0
	add_sid vrftable 100 dev vrf-100
	defer delete_sid
	ip -n "$pe" -6 route replace "$SID_A" encap seg6local action End.DT4 vrftable 200 count dev vrf-200
	check_err $? "replace"
	expect_equal "$SID_A encap seg6local action End.DT4 vrftable 200 dev vrf-200 metric 1024 pref medium" \
		"$(show_sid)" "after replace"
	ip -n "$pe" -6 route replace "$SID_A" via fd00::1 dev core
	check_err $? "replace by a plain route"
	expect_equal "$SID_A via fd00::1 dev core metric 1024 pref medium" "$(show_sid)" "after the second replace"
	log_test "Replace"
}

# The table alone decides; the route's device need not be the VRF. What End.DT4 has no use for is ignored.
optional_attributes()
{
	RET=0
	add_sid vrftable 100 dev core
	check_err $? "a device that is not the VRF"
	expect_equal "$SID_A encap seg6local action End.DT4 vrftable 100 dev core metric 1024 pref medium" "$(show_sid)" \
		"device that is not the VRF"
	delete_sid
	add_sid vrftable 100 flavors next-csid dev vrf-100
	check_err $? "flavors"
	expect_equal "$SID_A encap seg6local action End.DT4 vrftable 100 dev vrf-100 metric 1024 pref medium" "$(show_sid)" \
		"flavors"
	delete_sid
	check_err $? "delete"
	expect_equal "" "$(show_sid)" "after delete"
	log_test "Other device, flavors, delete"
}

start_serving
setup_lone_edge || exit
run_tests

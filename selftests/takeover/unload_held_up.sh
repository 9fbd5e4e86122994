#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A task that stays in a replaced function holds up load and unload. Traffic does not notice, unload.sh says who
# it is, and the operator can turn back or wait.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"

ALL_TESTS="unload_says_who unload_turned_back"
(($(nproc) == 1)) || ALL_TESTS+=" load_turned_back"

readonly HOLD=/sys/module/test_klp_hold_vrf_lookup/parameters/hold

# Its state builder asks for the VRF, which takes until the end of release.
hold_up()
{
	insmod_test_module test_klp_hold_vrf_lookup || return
	defer rmmod_test_module test_klp_hold_vrf_lookup
	ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100 2>/dev/null &
	holder=$!
	defer release
	slowwait "$PATIENCE" grep -q hold_vrf_lookup "/proc/$holder/stack"
}

release()
{
	echo 0 >"$HOLD"
	wait "$holder" 2>/dev/null
}

load_and_hold_up()
{
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	hold_up
	check_err $? "no task held up"
}

expect_transition()
{
	expect_equal "$1" "$(<"$LIVEPATCH/transition")" "transition under way"
}

unload_says_who()
{
	local said

	RET=0
	load_and_hold_up
	said=$("$SELFTESTS_DIR/../router/unload.sh" 5 2>&1)
	check_fail $? "unload.sh succeeds"
	grep -q "$holder ip:" <<<"$said"
	check_err $? "unload.sh does not name task $holder, ip: $said"
	expect_transition 1
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic while the unload is held up"
	expect_equal c "$(server_of "$SID_A")" "who serves while the unload is held up"
	release
	module_unload
	check_err $? "unload.sh after the task went on"
	! module_loaded
	check_err $? "the module is still there"
	log_test "An unload that is held up says by whom, and goes on"
}

unload_turned_back()
{
	RET=0
	load_and_hold_up
	echo 0 >"$LIVEPATCH/enabled"
	sleep 1
	expect_transition 1
	expect_equal c "$(server_of "$SID_A")" "who serves while the unload is held up"
	echo 1 >"$LIVEPATCH/enabled"
	release
	slowwait "$PATIENCE" livepatch_settled
	expect_equal rust "$(server_of "$SID_A")" "who serves after the unload was turned back"
	expect_equal 0 "$(detours server_of "$SID_A")" "packets that went through the livepatch"
	module_unload
	check_err $? "unload.sh"
	expect_equal c "$(server_of "$SID_A")" "who serves after the unload"
	log_test "An unload is turned back"
}

# Nothing can be held in the built-in functions for this. But other CPUs' tasks are looked at once per second.
load_turned_back()
{
	local i

	RET=0
	defer unload_if_loaded
	for i in {1..5}; do
		((i == 1)) || module_unload
		insmod "$MODULE_KO"
		check_err $? "insmod"
		[[ $(<"$LIVEPATCH/transition") == 0 ]] || break
	done
	expect_transition 1
	module_unload
	check_err $? "unload.sh"
	! module_loaded
	check_err $? "the module is still there"
	expect_equal c "$(server_of "$SID_A")" "who serves"
	log_test "A load is turned back"
}

start_without_module
require_topology a
run_tests

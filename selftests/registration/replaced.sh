#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody else replaces the module's function while it is loaded. Traffic goes on; an unload takes the other one out, for
# it calls the module, and says so.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="taken_out given_back"

readonly PACKETS=/sys/module/test_replace_function/parameters/packets

replace_ours()
{
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	replace_function "$(input_function)"
	check_err $? "insmod of the other module"
	defer rmmod_test_module test_replace_function
	expect_equal rust "$(server_of "$SID_A")" "who serves, by way of the other module"
	(($(<"$PACKETS") > 0))
	check_err $? "no packet has come by the other module"
}

taken_out()
{
	local packets

	RET=0
	replace_ours
	mark
	rmmod "$MODULE"
	check_err $? "rmmod"
	log_since_mark | grep -q "End.DT4: test_input \[test_replace_function\] was registered meanwhile, and is taken out"
	check_err $? "the kernel log does not say so: $(log_since_mark)"
	packets=$(<"$PACKETS")
	expect_equal c "$(server_of "$SID_A")" "who serves afterwards"
	expect_equal "$packets" "$(<"$PACKETS")" "packets by the other module"
	rmmod test_replace_function
	check_err $? "rmmod of the other module"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic when both are gone"
	expect_equal c "$(server_of "$SID_A")" "who serves when both are gone"
	log_test "Unload takes out who has come in between"
}

given_back()
{
	RET=0
	replace_ours
	rmmod test_replace_function
	check_err $? "rmmod of the other module"
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	mark
	rmmod "$MODULE"
	check_err $? "rmmod"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_equal c "$(server_of "$SID_A")" "who serves afterwards"
	log_test "Who has come in between and is gone again is not spoken of"
}

errors_are_expected
start_without_module
require_topology a
run_tests

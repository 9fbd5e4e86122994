#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A load that cannot be is refused with one clear line, and leaves everything as it was.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="second_load other_name other_name_first other_module other_module_gone missing_symbol audit_refused"

# insmod_is_refused MESSAGE [MODULE_FILE [PARAMETER...]]
insmod_is_refused()
{
	local said

	said=$(insmod "${2:-$MODULE_KO}" "${@:3}" 2>&1)
	check_fail $? "insmod succeeds"
	[[ $said == *"$1"* ]]
	check_err $? "insmod does not say '$1' but '$said'"
}

expect_nothing_of_it()
{
	! module_loaded
	check_err $? "the module is there"
	[[ ! -e $DEBUGFS ]]
	check_err $? "its debugfs directory is there"
}

# expect_named WORDS: the reason in the kernel log.
expect_named()
{
	dmesg | sed "1,/$marker/d" | grep -qE "$1"
	check_err $? "no line in the kernel log has '$1': $(dmesg | sed "1,/$marker/d")"
}

# changed_module SED: in $ko, a copy of the module in which words are others, as long.
changed_module()
{
	ko=$(mktemp --suffix=.ko)
	defer rm -f "$ko"
	LC_ALL=C sed "$1" "$MODULE_KO" >"$ko"
}

# Functions of the kernel that have the module's name in their own keep it.
renamed_module()
{
	changed_module "s/$MODULE/seg6_end_dtX/g; s/seg6_end_dtX\\(6\\?_build\\)/$MODULE\\1/g"
}

second_load()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	insmod_is_refused "File exists"
	expect_equal rust "$(server_of "$SID_A")" "who serves afterwards"
	log_test "A second load is refused"
}

other_name()
{
	RET=0
	renamed_module
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	mark
	insmod_is_refused "Device or resource busy" "$ko"
	expect_named "seg6_end_dtX: End.DT4: .*\[$MODULE\] is registered in place of input_action_end_dt4\(\)"
	[[ ! -e /sys/module/seg6_end_dtX ]]
	check_err $? "the module is there by its other name"
	expect_equal rust "$(server_of "$SID_A")" "who serves afterwards"
	log_test "Refused by another name, and told by whom"
}

other_name_first()
{
	RET=0
	renamed_module
	insmod "$ko"
	check_err $? "insmod by another name"
	defer rmmod_test_module seg6_end_dtX
	mark
	insmod_is_refused "Device or resource busy"
	expect_named "$MODULE: End.DT4: .*\[seg6_end_dtX\] is registered in place of input_action_end_dt4\(\)"
	expect_nothing_of_it
	expect_equal rust "$(server_of "$SID_A")" "who serves, by the other name"
	rmmod seg6_end_dtX
	check_err $? "rmmod"
	expect_equal c "$(server_of "$SID_A")" "who serves when it is gone"
	log_test "Refused while it is there by another name"
}

other_module()
{
	RET=0
	replace_function input_action_end_dt46
	check_err $? "insmod of the other module"
	defer rmmod_test_module test_replace_function
	mark
	insmod_is_refused "Device or resource busy"
	expect_named "$MODULE: End.DT46: test_input \[test_replace_function\] is registered in place of input_action_end_dt46\(\)"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_nothing_of_it
	expect_equal c "$(server_of "$SID_A")" "who serves"
	ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	check_err $? "route add"
	ip -n "$pe2" -6 route del fc00:2::1
	log_test "Refused while another module is registered for one of the behaviours"
}

other_module_gone()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	log_test "Accepted when the other one is gone"
}

# A kernel that has no such function: the name in the module is changed instead.
missing_symbol()
{
	RET=0
	changed_module s/seg6_end_dt4_build/seg6_end_dt4_BUILD/g
	mark
	insmod_is_refused "Device or resource busy" "$ko"
	expect_named "seg6_end_dt4_build is registered in place of seg6_end_dt4_BUILD\(\)"
	expect_nothing_of_it
	expect_equal c "$(server_of "$SID_A")" "who serves"
	log_test "Refused: the kernel's functions have other names"
}

audit_refused()
{
	RET=0
	replace_function input_action_end_dt6
	check_err $? "insmod of the other module"
	defer rmmod_test_module test_replace_function
	mark
	insmod_is_refused "Device or resource busy" "$MODULE_KO" audit=1
	expect_named "$MODULE: End.DT6: test_input \[test_replace_function\] is registered"
	expect_nothing_of_it
	log_test "An audit is refused as well"
}

errors_are_expected
start_without_module
require_topology a
run_tests

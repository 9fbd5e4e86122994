#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes, and says so.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="load_and_unload load_and_unload plain_rmmod second_load files unload_without_load"

expect_loaded()
{
	module_loaded
	check_err $? "no /sys/module/$MODULE"
	expect_equal "$MODULE: serves End.DT4, End.DT6, End.DT46" "$(log_since_mark)" "kernel log at load"
	[[ $(<"/sys/module/$MODULE/taint") =~ ^OE?$ ]]
	check_err $? "taint: $(<"/sys/module/$MODULE/taint")"
}

expect_unloaded()
{
	! module_loaded
	check_err $? "the module is still there"
	[[ ! -e $DEBUGFS ]]
	check_err $? "its debugfs directory is still there"
	expect_equal "$MODULE: unloaded, the built-in code serves End.DT4, End.DT6, End.DT46" "$(log_since_mark)" \
		"kernel log at unload"
}

load_and_unload()
{
	RET=0
	mark
	module_load
	check_err $? "insmod"
	expect_loaded

	mark
	module_unload
	check_err $? "unload.sh"
	expect_unloaded
	log_test "Load and unload"
}

plain_rmmod()
{
	RET=0
	module_load
	check_err $? "insmod"
	mark
	rmmod "$MODULE"
	check_err $? "rmmod"
	expect_unloaded
	log_test "Plain rmmod"
}

second_load()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer module_unload
	insmod "$MODULE_KO" 2>&1 | grep -q "File exists"
	check_err $? "a second insmod is not refused with \"File exists\""
	module_loaded
	check_err $? "the module is gone after the second insmod"
	log_test "A second load is refused"
}

files()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer module_unload
	expect_equal "drops lookups sid_drops" "$(find "$DEBUGFS" -type f -printf '%f\n' | sort | xargs)" "files"
	expect_equal 0 "$(drops_total)" "drops of a module just loaded"
	log_test "Files in debugfs"
}

unload_without_load()
{
	RET=0
	"$SELFTESTS_DIR/../router/unload.sh" 2>&1 | grep -q "not loaded"
	check_err $? "unload.sh does not say \"not loaded\""
	log_test "unload.sh without the module"
}

require_rust
module_loaded && module_unload
run_tests

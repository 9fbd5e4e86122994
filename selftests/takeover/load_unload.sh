#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module comes and goes, and says so.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="load_and_unload load_and_unload second_load files unload_without_load"

# Lines of the module itself, without what the kernel says of every module that is loaded.
module_lines()
{
	dmesg | sed "1,/$1/d" | grep "$MODULE: " | grep -vE 'taint|enabling patch|starting|completing|complete$'
}

mark()
{
	marker="load_unload $$ $RANDOM"
	echo "$marker" >/dev/kmsg
}

load_and_unload()
{
	local lines

	RET=0
	mark
	module_load
	check_err $? "insmod"
	module_loaded
	check_err $? "no /sys/module/$MODULE"
	expect_equal 1 "$(<"$LIVEPATCH/enabled")" "livepatch enabled"
	expect_equal "input_action_end_dt4 input_action_end_dt46 seg6_end_dt46_build seg6_end_dt4_build seg6_end_dt6_build" \
		"$(find "$LIVEPATCH/vmlinux" -mindepth 1 -type d -printf '%f\n' | sed 's/,.*//' | sort | xargs)" \
		"functions that are replaced"
	lines=$(module_lines "$marker")
	expect_equal 1 "$(grep -c . <<<"$lines")" "lines in the kernel log at load: $lines"

	mark
	module_unload
	check_err $? "unload.sh"
	! module_loaded
	check_err $? "the module is still there"
	[[ ! -e $LIVEPATCH && ! -e $DEBUGFS ]]
	check_err $? "its livepatch or debugfs directory is still there"
	lines=$(module_lines "$marker")
	expect_equal 1 "$(grep -c . <<<"$lines")" "lines in the kernel log at unload: $lines"
	log_test "Load and unload"
}

second_load()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer module_unload
	insmod "$MODULE_KO" 2>&1 | grep -q "File exists"
	check_err $? "a second insmod is not refused with \"File exists\""
	expect_equal 1 "$(<"$LIVEPATCH/enabled")" "livepatch enabled after the second insmod"
	rmmod "$MODULE" 2>/dev/null
	check_fail $? "rmmod of an enabled livepatch"
	log_test "A second load is refused, and rmmod without unload.sh"
}

files()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer module_unload
	expect_equal "built adopted" "$(awk '{ print $1 }' "$DEBUGFS/routes" | xargs)" "words of $DEBUGFS/routes"
	expect_equal "0 0" "$(awk '{ print $2 }' "$DEBUGFS/routes" | xargs)" "numbers of $DEBUGFS/routes"
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

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A load that cannot be is refused with one clear line, and leaves everything as it was.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"

ALL_TESTS="second_load other_livepatch other_livepatch_gone kprobe_in_the_way missing_symbol"

# insmod_is_refused MESSAGE [MODULE_FILE]
insmod_is_refused()
{
	local said

	said=$(insmod "${2:-$MODULE_KO}" 2>&1)
	check_fail $? "insmod succeeds"
	[[ $said == *"$1"* ]]
	check_err $? "insmod does not say '$1' but '$said'"
}

expect_nothing_of_it()
{
	! module_loaded
	check_err $? "the module is there"
	[[ ! -e $LIVEPATCH && ! -e $DEBUGFS ]]
	check_err $? "its livepatch or debugfs directory is there"
	expect_equal c "$(server_of "$SID_A")" "who serves"
}

# expect_named FUNCTION: the reason in the kernel log, in lines of the module itself.
expect_named()
{
	log_since_mark | grep -q "$1"
	check_err $? "no line in the kernel log names $1: $(log_since_mark)"
}

second_load()
{
	local counts

	RET=0
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	counts=$(route_counts)
	insmod_is_refused "File exists"
	expect_equal 1 "$(<"$LIVEPATCH/enabled")" "livepatch enabled afterwards"
	expect_equal "$counts" "$(route_counts)" "routes built, adopted afterwards"
	expect_equal rust "$(server_of "$SID_A")" "who serves afterwards"
	log_test "A second load is refused"
}

refused_route()
{
	ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100 2>&1 |
		grep -q "refused by a test"
}

other_livepatch()
{
	RET=0
	insmod_test_module test_klp_refuse_end_dt4
	check_err $? "insmod of the other livepatch"
	defer rmmod_test_module test_klp_refuse_end_dt4
	refused_route
	check_err $? "the other livepatch does not work"
	mark
	insmod_is_refused "Device or resource busy"
	expect_named "seg6_end_dt4_build()"
	expect_nothing_of_it
	expect_equal 1 "$(</sys/kernel/livepatch/test_klp_refuse_end_dt4/enabled)" "the other livepatch enabled"
	refused_route
	check_err $? "the other livepatch does not work any more"
	log_test "Refused while another livepatch replaces seg6_end_dt4_build()"
}

other_livepatch_gone()
{
	RET=0
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	log_test "Accepted when the other livepatch is gone"
}

# The first function can be replaced, the second cannot.
kprobe_in_the_way()
{
	RET=0
	insmod_test_module test_kprobe_end_dt4
	check_err $? "insmod of the kprobe"
	defer rmmod_test_module test_kprobe_end_dt4
	mark
	insmod_is_refused "Device or resource busy"
	expect_named "cannot replace input_action_end_dt4(), seg6_end_dt4_build(), .*: \(EBUSY\|Error(16)\)"
	expect_nothing_of_it
	ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	check_err $? "route add"
	ip -n "$pe2" -6 route del fc00:2::1
	log_test "Refused half-way: a kprobe on seg6_end_dt4_build()"
}

# A kernel that has no such function: the name in the module is changed instead.
missing_symbol()
{
	local ko

	RET=0
	ko=$(mktemp --suffix=.ko)
	defer rm -f "$ko"
	LC_ALL=C sed 's/seg6_end_dt4_build/seg6_end_dt4_BUILD/g' "$MODULE_KO" >"$ko"
	mark
	insmod_is_refused "" "$ko"
	expect_named "seg6_end_dt4_BUILD()"
	expect_nothing_of_it
	log_test "Refused: the kernel lacks one of the functions"
}

errors_are_expected
start_without_module
require_topology a
run_tests

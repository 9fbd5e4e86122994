#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation that loading the module makes, or creating a route, fails in turn: that is an error to whoever
# asked, and leaves nothing behind. For kernels with fault injection; kmemleak looks for what is lost.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"
source "$SELFTESTS_DIR/lib/faults.sh"

ALL_TESTS="load audit routes"

# each_allocation WHAT ARGUMENT: the counts in $failed, "NAME COUNT, ...".
each_allocation()
{
	failed=$(python3 "$TEST_DIR/fault_injection.py" "$@" 2>&1)
	check_err $? "$failed"
	failed=${failed//$'\n'/, }
	! grep -qE ' 0(,|$)' <<<"$failed"
	check_err $? "nothing has failed: $failed"
}

load()
{
	RET=0
	errors_are_expected
	each_allocation "${1:-load}" "$MODULE_KO"
	unload_if_loaded
	expect_equal c "$(server_of "$SID_A")" "who serves"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the built-in code"
	log_test "Each allocation of the initialisation fails: $failed"
}

# Which only watches functions, and must not watch others.
audit()
{
	load audit
}

routes()
{
	RET=0
	module_load
	check_err $? "load"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the module"
	each_allocation routes "$pe2"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the module afterwards"
	module_unload
	check_err $? "unload"
	log_test "Each allocation of creating a route fails: $failed"
}

require_fault_injection
start_without_module
require_topology a
run_tests

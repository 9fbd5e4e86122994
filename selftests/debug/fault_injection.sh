#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation that loading the module makes, or creating a route, fails in turn: that is an error to whoever
# asked, and leaves nothing behind. For kernels with fault injection; kmemleak looks for what is lost.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/faults.sh"

ALL_TESTS="load routes"

load()
{
	each_allocation_of_loading load
}

routes()
{
	RET=0
	module_load
	check_err $? "load"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the module"
	expect_builder rust
	each_allocation routes "$pe2"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the module afterwards"
	expect_builder rust
	module_unload
	check_err $? "unload"
	log_test "Each allocation of creating a route fails: $failed"
}

require_fault_injection
start_without_module
require_topology a
run_tests

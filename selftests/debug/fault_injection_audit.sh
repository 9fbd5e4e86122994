#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation that loading the module for the audit makes fails in turn.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/faults.sh"

ALL_TESTS="load"

load()
{
	each_allocation_of_loading audit
}

require_fault_injection
start_without_module
require_topology a
run_tests

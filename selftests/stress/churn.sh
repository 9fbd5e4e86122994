#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once: routes, nexthops, VRFs, namespaces and strict mode change in loops without a pause, traffic
# flows, and the module is loaded and unloaded. One tenant is left alone: it must not lose a packet.
#
# DURATION	seconds (600)

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/stress.sh"

ALL_TESTS="churn"

readonly DURATION=${DURATION:-600}

churn()
{
	local pid

	RET=0
	work=$(mktemp -d)
	defer rm -rf "$work"
	"$SELFTESTS_DIR/lib/seqflow.py" "$h1a" "$h2a" 10.0.2.1 >"$work/flow" &
	pid=$!
	start_loops routes vrfs netns strict_mode to_tenant_b to_the_vrf loads
	sleep "$DURATION"
	stop_loops
	kill "$pid"
	wait "$pid"
	check_err $? "seqflow.py"
	expect_all_arrived "$work/flow"
	unload_if_loaded
	! module_loaded
	check_err $? "the module cannot be unloaded afterwards"
	expect_load_and_unload
	log_test "$DURATION s of churn; rounds:$rounds"
}

start_without_module
require_topology a b
setup_way_to_vrfs || exit
run_tests

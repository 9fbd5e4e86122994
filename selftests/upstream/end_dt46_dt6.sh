#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of End.DT46 and End.DT6, unmodified, with the module loaded. They mostly wait for answers that
# must not come, so they run side by side, each in an initial network namespace of its own.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="wait_for_dt46 wait_for_dt6"

start_test()
{
	cd "$KSELFTEST_DIR/net" && exec unshare --net bash "./srv6_end_${1}_l3vpn_test.sh" >"$logs/$1" 2>&1
}

# wait_for BEHAVIOUR PID
wait_for()
{
	RET=0
	wait "$2"
	check_err $? "the kernel's test failed"
	cat "$logs/$1"
	log_test "srv6_end_${1}_l3vpn_test.sh"
}

wait_for_dt46()
{
	wait_for dt46 "$dt46"
}

wait_for_dt6()
{
	wait_for dt6 "$dt6"
}

start_serving
logs=$(mktemp -d)
defer rm -rf "$logs"
start_test dt46 &
dt46=$!
start_test dt6 &
dt6=$!
run_tests

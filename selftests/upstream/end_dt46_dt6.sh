#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of End.DT46 and End.DT6, unmodified, and who has served their SIDs. They mostly wait for answers that
# must not come, so they run side by side, each in an initial network namespace of its own.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="wait_for_dt46 wait_for_dt6 served"

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

served()
{
	served_by rust || return 0
	RET=0
	(($(packets_served) > 0))
	check_err $? "no packet was the module's"
	log_test "By the module"
}

start_serving
logs=$(mktemp -d)
defer rm -rf "$logs"
start_test dt46 &
dt46=$!
start_test dt6 &
dt6=$!
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module does not end before everybody has left it: a CPU that processes a packet, a task that makes a route. The CPU
# is kept at the end of a function for that, and the task sleeps in one.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="waits_for_route"
# Not made for PREEMPT_RT, where softirqs are threads.
[[ $(uname -v) == *PREEMPT_RT* ]] || ALL_TESTS+=" waits_for_packet"

# holds HOLDER Y|N
holds()
{
	[[ $(<"/sys/module/$1/parameters/holding") == "$2" ]]
}

has_ended()
{
	log_since_mark | grep -q unloaded
}

# expect_to_wait HOLDER PARAMETER COMMAND...: rmmod does while that test module holds the command, which is on another CPU than
# we are.
expect_to_wait()
{
	local holder=$1 parameter=$2 held remover ended=no
	shift 2

	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	insmod_test_module "$holder" "$parameter"
	check_err $? "insmod of $holder $parameter"
	defer rmmod_test_module "$holder"

	mark
	# Whoever is on the CPU that is kept must wait, too.
	taskset -c 1 "$@" >/dev/null &
	held=$!
	slowwait "$PATIENCE" holds "$holder" Y
	check_err $? "nobody is held"
	rmmod "$MODULE" &
	remover=$!
	sleep 2
	# In this order: somebody was still held when the module had ended.
	! has_ended || ended=yes
	holds "$holder" Y
	check_err $? "nobody is held any more, too early for this test"
	expect_equal no "$ended" "the module has ended while somebody is held in it"
	echo 0 >"/sys/module/$holder/parameters/hold"
	wait "$held"
	check_err $? "the command: $*"
	wait "$remover"
	check_err $? "rmmod"
	has_ended
	check_err $? "the module does not say that it has ended: $(log_since_mark)"
}

waits_for_packet()
{
	RET=0
	# It is there once the module is loaded.
	module_load && function=$(input_function) && module_unload
	check_err $? "load and unload"
	expect_to_wait test_kretprobe_hold symbol="$function" ip netns exec "$h1a" ping -c 1 -W 10 10.0.2.1
	log_test "Unload waits for a packet"
}

# Asleep, it is in no RCU read-side section, and no Tasks RCU grace period waits for it either.
waits_for_route()
{
	RET=0
	expect_to_wait test_hold_vrf_lookup hold=1 \
		ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	expect_equal "fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100 metric 1024 pref medium" \
		"$(ip -n "$pe2" -6 route show fc00:2::1 | xargs)" "the route"
	log_test "Unload waits for a task that makes a route"
}

start_without_module
(($(nproc) > 1)) || skip_all "needs two CPUs"
require_topology a
taskset --pid --cpu-list 0 $$ >/dev/null
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module does not end before everybody has left it: a CPU that processes a packet, a task that makes a route. A CPU
# is kept at the end of a function for that.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="waits_for_packet waits_for_route"

readonly PARAMETERS=/sys/module/test_kretprobe_hold/parameters

parameter_is()
{
	[[ $(<"$PARAMETERS/$1") == "$2" ]]
}

has_ended()
{
	log_since_mark | grep -q unloaded
}

# expect_to_wait FUNCTION COMMAND...: rmmod does while the command, on another CPU than we are, is in the function.
expect_to_wait()
{
	local function=$1 remover ended=no
	shift

	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	insmod_test_module test_kretprobe_hold symbol="$function"
	check_err $? "insmod of the kprobe on '$function'"
	defer rmmod_test_module test_kretprobe_hold

	mark
	# Whoever is on the CPU that is kept must wait, too.
	taskset -c 1 "$@" >/dev/null &
	slowwait "$PATIENCE" parameter_is holding Y
	check_err $? "no CPU is kept in '$function'"
	rmmod "$MODULE" &
	remover=$!
	sleep 2
	# In this order: the CPU was still kept when the module had ended.
	! has_ended || ended=yes
	parameter_is holding Y
	check_err $? "the CPU has left '$function' too early for this test"
	expect_equal no "$ended" "the module has ended while a CPU is in '$function'"
	echo 0 >"$PARAMETERS/hold"
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
	expect_to_wait "$function" ip netns exec "$h1a" ping -c 1 -W 1 10.0.2.1
	log_test "Unload waits for a packet"
}

waits_for_route()
{
	RET=0
	expect_to_wait l3mdev_ifindex_lookup_by_table_id \
		ip -n "$pe2" -6 route add fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	expect_equal "fc00:2::1 encap seg6local action End.DT4 vrftable 100 dev vrf-100 metric 1024 pref medium" \
		"$(ip -n "$pe2" -6 route show fc00:2::1 | xargs)" "the route"
	log_test "Unload waits for a task that makes a route"
}

start_without_module
(($(nproc) > 1)) || skip_all "needs two CPUs"
[[ $(uname -v) != *PREEMPT_RT* ]] || skip_all "not made for PREEMPT_RT, where softirqs are threads"
require_topology a
taskset --pid --cpu-list 0 $$ >/dev/null
run_tests

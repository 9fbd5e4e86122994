#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module does not end before everybody has left it. A CPU is kept in the function that packets are led to; the
# livepatch, which waits for tasks on a CPU, was replaced by a cumulative one before.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"

ALL_TESTS="waits"

readonly PARAMETERS=/sys/module/test_kretprobe_hold/parameters

livepatch_gone()
{
	[[ ! -e $LIVEPATCH ]]
}

parameter_is()
{
	[[ $(<"$PARAMETERS/$1") == "$2" ]]
}

has_ended()
{
	log_since_mark | grep -q gone
}

waits()
{
	local function remover ended=no

	RET=0
	module_load
	check_err $? "insmod"
	defer unload_if_loaded
	expect_equal rust "$(server_of "$SID_A")" "who serves"
	insmod_test_module test_klp_replace
	check_err $? "insmod of the cumulative livepatch"
	defer rmmod_test_module test_klp_replace
	slowwait "$PATIENCE" livepatch_gone
	check_err $? "the livepatch is still there"
	function=$(awk -v module="[$MODULE]" '$4 == module && $3 ~ /^_R.*descriptor5input/ { print $3 }' /proc/kallsyms)
	insmod_test_module test_kretprobe_hold symbol="$function"
	check_err $? "insmod of the kprobe on '$function'"
	defer rmmod_test_module test_kretprobe_hold

	mark
	# Whoever is on the CPU that is kept must wait, too.
	taskset -c 1 ip netns exec "$h1a" ping -c 1 -W 1 10.0.2.1 >/dev/null &
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
	log_test "The end waits for the last one in the module"
}

start_without_module
(($(nproc) > 1)) || skip_all "needs two CPUs"
[[ $(uname -v) != *PREEMPT_RT* ]] || skip_all "not made for PREEMPT_RT, where softirqs are threads"
require_topology a
taskset --pid --cpu-list 0 $$ >/dev/null
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own test of End.DT4, unmodified, and the proof of who served it: a trace tells the calls of the built-in
# input function, and of the lookup of the inner packet's route those made from the module's code. (Rust functions
# themselves are no place for trace events: they are built without the entry call that these need.)

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

TRACEFS=/sys/kernel/tracing
ALL_TESTS="kernels_own_test who_served"

stop_trace()
{
	echo 0 >"$TRACEFS/events/end_dt4/enable"
	echo >"$TRACEFS/kprobe_events"
	echo >"$TRACEFS/trace"
}

start_trace()
{
	[[ -w $TRACEFS/kprobe_events ]] || return
	# shellcheck disable=SC2016 # $stack is the kernel's: the return address
	echo 'p:end_dt4/lookup ip_route_input_noref caller=+0($stack):symbol' >"$TRACEFS/kprobe_events" &&
		echo 'p:end_dt4/builtin input_action_end_dt4' >>"$TRACEFS/kprobe_events" &&
		echo 1 >"$TRACEFS/events/end_dt4/enable" &&
		defer stop_trace
}

builtin_calls()
{
	grep -c ' builtin: ' "$TRACEFS/trace"
}

module_calls()
{
	grep -c " lookup: .*\[$MODULE\]" "$TRACEFS/trace"
}

kernels_own_test()
{
	RET=0
	(cd "$KSELFTEST_DIR/net" && bash ./srv6_end_dt4_l3vpn_test.sh)
	check_err $? "the kernel's test failed"
	log_test "srv6_end_dt4_l3vpn_test.sh"
}

who_served()
{
	RET=0
	if served_by rust; then
		(($(packets_served) > 0))
		check_err $? "no packet was the module's"
	fi
	if [[ $traced ]]; then
		log_info "inner packets routed by the module: $(module_calls); calls of input_action_end_dt4: $(builtin_calls)"
		if served_by rust; then
			(($(module_calls) > 0 && $(builtin_calls) == 0))
		else
			(($(module_calls) == 0 && $(builtin_calls) > 0))
		fi
		check_err $? "not served by $SERVED_BY"
	else
		log_info "no kprobe events here: only the module's own count was looked at"
	fi
	log_test "Served by $SERVED_BY"
}

start_serving
start_trace && traced=yes
run_tests

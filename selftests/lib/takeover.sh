# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the takeover: who serves a SID at this moment, and loading and unloading in a loop. Source lib.sh
# first. The module comes and goes within these tests, so they do not call start_serving.

TEST_MODULES=${MODULE_KO%/*}/selftests/modules

# Called once by every test, instead of start_serving.
start_without_module()
{
	require_rust
	require_machine
	defer unload_if_loaded
}

unload_if_loaded()
{
	! module_loaded || module_unload
}

# server_of SID...: "rust", "c" or "nobody", a line for each.
server_of()
{
	"$SELFTESTS_DIR/lib/server_of.py" "$pe1" "$h2a" 10.0.2.1 "$@"
}

# detours COMMAND...: how often packets took the way through the livepatch while the command ran.
detours()
{
	local trace=/sys/kernel/tracing/instances/$MODULE-selftest

	mkdir "$trace" &&
		echo input_action_end_dt4 >"$trace/set_ftrace_filter" &&
		echo function >"$trace/current_tracer" || return
	"$@" >/dev/null
	grep -c input_action_end_dt4 "$trace/trace"
	rmdir "$trace"
}

route_counts()
{
	awk '{ print $2 }' "$DEBUGFS/routes" | xargs
}

# Everything that a load or an unload must not change.
snapshot()
{
	local ns

	for ns in "$pe1" "$pe2"; do
		ip -n "$ns" -d -6 route show table all
		ip -n "$ns" -d -j -6 route show table all
		ip -n "$ns" -d route show table all
		ip -n "$ns" -d nexthop
		ip -n "$ns" -d -o link show | sed 's/ qlen [0-9]*//'
		ip -n "$ns" -o addr
	done
}

# cycle_module COUNT [COMMAND...]: load, command, unload, command.
cycle_module()
{
	local count=$1 i
	shift

	for ((i = 0; i < count; i++)); do
		module_load && { (($# == 0)) || "$@"; } && module_unload && { (($# == 0)) || "$@"; } || return
	done
}

# insmod_test_module NAME [PARAMETER...]: until the end of the test function.
insmod_test_module()
{
	if [[ ! -f $TEST_MODULES/$1.ko ]]; then
		echo "no $TEST_MODULES/$1.ko: build the modules of the selftests"
		return 1
	fi
	insmod "$TEST_MODULES/$1.ko" "${@:2}" && slowwait "$PATIENCE" test_module_settled "$1"
}

test_module_settled()
{
	[[ ! -e /sys/kernel/livepatch/$1 ]] || [[ $(<"/sys/kernel/livepatch/$1/transition") == 0 ]]
}

# Not possible while another livepatch is in transition.
disable_test_module()
{
	echo 0 2>/dev/null >"/sys/kernel/livepatch/$1/enabled"
}

test_module_disabled()
{
	[[ ! -e /sys/kernel/livepatch/$1 ]]
}

rmmod_test_module()
{
	test_module_disabled "$1" ||
		{ slowwait "$PATIENCE" disable_test_module "$1" && slowwait "$PATIENCE" test_module_disabled "$1"; }
	slowwait "$PATIENCE" rmmod "$1" 2>/dev/null
}

mark()
{
	marker="selftest takeover $$ $RANDOM"
	echo "$marker" >/dev/kmsg
}

# log_since_mark: what the module itself said since mark.
log_since_mark()
{
	dmesg | sed "1,/$marker/d" | grep "$MODULE: " | grep -v taint
}

# From here to the end of the test, lines of the module at error level are what the test is about: see run.
errors_are_expected()
{
	echo "selftest: errors of $MODULE are expected" >/dev/kmsg
}

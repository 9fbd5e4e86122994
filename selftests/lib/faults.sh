# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Fault injection, see Documentation/fault-injection in the kernel. Source lib.sh first.

readonly FAULTS=/sys/kernel/debug MANY=1000000

require_fault_injection()
{
	[[ -d $FAULTS/failslab && -d $FAULTS/fail_page_alloc ]] ||
		skip_all "the kernel has no fault injection (CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC)"
}

# inject KIND PERCENT [START END]: from now on; if told so, only below functions between these addresses.
inject()
{
	local kind=$FAULTS/$1 start=${3:-0} end=${4:-0xffffffffffffffff}

	echo 0 >"$kind/verbose"
	echo N >"$kind/task-filter"
	echo 1 >"$kind/interval"
	echo $MANY >"$kind/times"
	echo "$start" >"$kind/require-start"
	echo "$end" >"$kind/require-end"
	echo 32 >"$kind/stacktrace-depth"
	echo "$2" >"$kind/probability"
}

# inject_below_function KIND PERCENT FUNCTION: only what this function allocates, or who is called by it.
inject_below_function()
{
	local range

	range=$(python3 -c 'import sys, faults; print(*faults.text_of(sys.argv[1]))' "$3")
	[[ $range ]] || return
	# shellcheck disable=SC2086 # two numbers
	inject "$1" "$2" $range
}

# injected KIND...: how many have failed.
injected()
{
	local kind

	for kind; do
		cat "$FAULTS/$kind/times"
	done | awk -v many=$MANY '{ sum += many - $1 } END { print sum }'
}

injection_off()
{
	local kind

	for kind in "$FAULTS"/fail*/probability; do
		echo 0 >"$kind"
	done
}

# each_allocation WHAT ARGUMENT: the counts in $failed, "NAME COUNT, ...".
each_allocation()
{
	failed=$(python3 "$SELFTESTS_DIR/debug/fault_injection.py" "$@" 2>&1)
	check_err $? "$failed"
	failed=${failed//$'\n'/, }
	! grep -qE ' 0(,|$)' <<<"$failed"
	check_err $? "nothing has failed: $failed"
}

# each_allocation_of_loading load|audit: a whole test, with registration.sh.
each_allocation_of_loading()
{
	RET=0
	errors_are_expected
	each_allocation "$1" "$MODULE_KO"
	unload_if_loaded
	expect_equal c "$(server_of "$SID_A")" "who serves"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer through the built-in code"
	log_test "Each allocation of the initialisation fails: $failed"
}

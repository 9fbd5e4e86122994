#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A process that has a file of the module in debugfs open holds the module: it stays, and serves, until the file is
# closed, and unload.sh says who it is.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="held_over_unload held_elsewhere opened_while_refused read_while_it_comes_and_goes"

# unload_is_held NAME: unload.sh fails, sooner than it gives up, with one line that names us as NAME.
unload_is_held()
{
	local said start=$SECONDS

	said=$(
		exec 3<&- 4<&-
		"$SELFTESTS_DIR/../router/unload.sh" "$PATIENCE" 2>&1
	)
	check_fail $? "unload.sh succeeds while a file is open"
	((SECONDS - start < PATIENCE))
	check_err $? "unload.sh takes $((SECONDS - start)) s to say so"
	[[ $said == *": $1;"* && $said != *$'\n'* ]]
	check_err $? "unload.sh does not say in one line that $1 is it: $said"
	module_loaded
	check_err $? "the module is gone although a file is open"
	expect_equal rust "$(server_of "$SID_A")" "who serves while the module is held"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic while the module is held"
}

unload_succeeds()
{
	module_unload
	check_err $? "unload.sh after the file was closed"
	! module_loaded
	check_err $? "the module is still there"
	expect_equal c "$(server_of "$SID_A")" "who serves after the unload"
}

held_over_unload()
{
	local file rest

	RET=0
	for file in lookups drops; do
		module_load
		check_err $? "insmod"
		expect_equal rust "$(server_of "$SID_A")" "who serves"
		exec 3<"$DEBUGFS/$file"
		head -c 20 <&3 >/dev/null
		# A process is named once, and unload.sh does not name itself for what it inherits.
		exec 4<"$DEBUGFS/drops"
		unload_is_held "$$ ${0##*/}"
		"$SELFTESTS_DIR/../router/unload.sh" 2>&1 | grep -q "$$ ${0##*/}"
		check_err $? "unload.sh does not name who has called it"
		rest=$(cat <&3)
		check_err $? "reading on in $file"
		[[ $file == lookups || $rest == *other* ]]
		check_err $? "the rest of $file is not to be read any more: $rest"
		exec 3<&- 4<&-
		unload_succeeds
	done
	log_test "A file held open over an unload"
}

# By another mount, in a namespace of its own, and after the directory was entered.
held_elsewhere()
{
	local mountpoint holder

	RET=0
	mountpoint=$(mktemp -d)
	defer rmdir "$mountpoint"
	module_load
	check_err $? "insmod"
	# shellcheck disable=SC2016 # for the other shell
	unshare --mount bash -c 'mount -t debugfs debugfs "$1" && cd "$1/seg6_end_dt4" && exec sleep 300 <drops' - \
		"$mountpoint" &
	holder=$!
	defer kill_process "$holder"
	slowwait "$PATIENCE" is_sleep "$holder"
	check_err $? "nobody holds the file"
	unload_is_held "$holder sleep"
	kill_process "$holder"
	unload_succeeds
	log_test "A file held open through another mount"
}

is_sleep()
{
	[[ $(<"/proc/$1/comm") == sleep ]]
}

# A module that fails to load is freed whoever has files of it open, so there must not be any.
opened_while_refused()
{
	local opener i

	RET=0
	errors_are_expected
	replace_function input_action_end_dt46
	check_err $? "insmod of the other module"
	defer rmmod_test_module test_replace_function
	while :; do
		{ exec 3<"$DEBUGFS/drops"; } 2>/dev/null && exec sleep 300
	done &
	opener=$!
	defer kill_process "$opener"
	for i in {1..10}; do
		insmod "$MODULE_KO" 2>/dev/null
		check_fail $? "insmod succeeds"
	done
	! is_sleep "$opener"
	check_err $? "a module that was refused had files"
	kill_process "$opener"
	! module_loaded
	check_err $? "the module is there"
	log_test "A load that is refused while somebody is after its files"
}

# By agents that read often, but do pause: without a moment at which no file is open there is no unload, whoever waits.
read_while_it_comes_and_goes()
{
	local reader readers=() i

	RET=0
	for i in 1 2; do
		while :; do
			cat "$DEBUGFS"/* 2>/dev/null
			sleep 0.1
		done >/dev/null &
		readers+=($!)
		defer kill_process $!
	done
	cycle_module "${CYCLES:-10}"
	check_err $? "load and unload while the files are read"
	for reader in "${readers[@]}"; do
		kill -0 "$reader"
		check_err $? "a reader is gone"
	done
	log_test "Loads and unloads while the files are read"
}

start_without_module
require_topology a
run_tests

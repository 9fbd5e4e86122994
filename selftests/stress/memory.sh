#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loads and unloads leave no memory allocated: without routes, with routes that stay, when they are refused.
#
# CYCLES	loads and unloads of each kind; without it 6, with a route that stays only

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/stress.sh"

if [[ ${CYCLES:-} ]]; then
	ALL_TESTS="without_routes refused with_routes_that_stay with_new_routes"
	OBJECTS=$((CYCLES / 2))
else
	ALL_TESTS="with_routes_that_stay" CYCLES=6 OBJECTS=300
fi
# Noise of the rest of the kernel, as OBJECTS is: half a small object per cycle, half of what modules that stay would take.
readonly KILOBYTES=$((CYCLES < 16 ? CYCLES * 64 : 1024))

# in_use: objects of 64 octets, and kilobytes of kernel memory.
in_use()
{
	local caches

	mapfile -t caches < <(basename -a /sys/kernel/slab/kmalloc*-64)
	settle "${caches[@]}"
	echo "$(objects_of "${caches[@]}") $(kilobytes)"
}

# measure COMMAND [ARGUMENT...]: "COMMAND CYCLES ARGUMENT...", after a few that fill caches.
measure()
{
	local command=$1 objects kilobytes objects_now kilobytes_now
	shift

	"$command" 3 "$@"
	check_err $? "load and unload"
	read -r objects kilobytes < <(in_use)
	"$command" "$CYCLES" "$@"
	check_err $? "load and unload"
	read -r objects_now kilobytes_now < <(in_use)
	grown="$CYCLES cycles: $((objects_now - objects)) objects of 64 octets, $((kilobytes_now - kilobytes)) kB"
	((objects_now - objects <= OBJECTS))
	check_err $? "$grown"
	((kilobytes_now - kilobytes <= KILOBYTES))
	check_err $? "$grown"
}

without_routes()
{
	RET=0
	ip -n "$pe1" -6 route del fc00:1::100
	ip -n "$pe2" -6 route del "$SID_A"
	measure cycle_module
	log_test "Nothing is left without routes ($grown)"
}

refuse_module()
{
	local count=$1 i

	for ((i = 0; i < count; i++)); do
		! insmod "$MODULE_KO" 2>/dev/null || return
	done
}

refused()
{
	RET=0
	replace_function input_action_end_dt46
	check_err $? "insmod of the other module"
	defer rmmod_test_module test_replace_function
	measure refuse_module
	log_test "Nothing is left of loads that are refused ($grown)"
}

add_sid()
{
	ip -n "$pe2" -6 route replace "$SID_A" encap seg6local action End.DT4 vrftable 100 dev vrf-100
}

with_routes_that_stay()
{
	RET=0
	add_sid
	measure cycle_module ping_works_oneway
	log_test "Nothing is left with a route that stays ($grown)"
}

# There is no way back, so no answer.
ping_works_oneway()
{
	local before

	before=$(echo_requests "$h2a")
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.1 >/dev/null
	(($(echo_requests "$h2a") == before + 1))
}

replace_while_loaded()
{
	if module_loaded; then
		add_sid
	else
		ip -n "$pe2" -6 route del "$SID_A"
	fi
}

with_new_routes()
{
	RET=0
	ip -n "$pe2" -6 route del "$SID_A"
	measure cycle_module replace_while_loaded
	log_test "Nothing is left with a route made by the module ($grown)"
}

errors_are_expected
start_without_module
require_topology a
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For a long time: traffic, malformed packets, changes of everything, loads and unloads, all at once. One tenant is left alone
# and must not lose a packet; and the kernel's memory does not grow.
#
# DURATION	seconds (3600), after a tenth of it to warm up

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/stress.sh"

ALL_TESTS="soak"

readonly DURATION=${DURATION:-3600}
readonly LOOPS=(routes vrfs netns strict_mode malformed to_tenant_b to_the_vrf loads)
# Routes of both families, and what the kernel and the module allocate for one: a SID, its state.
CACHES=(rtable ip6_dst_cache fib6_node kmalloc-64 kmalloc-128 kmalloc-192 kmalloc-256)
# Noise of the rest of the kernel: objects of a cache, and kilobytes.
readonly OBJECTS=300 KILOBYTES=4096

malformed()
{
	python3 "$TEST_DIR/malformed.py" "$pe1" "$pe2"
}

# run_loops SECONDS
run_loops()
{
	start_loops "${LOOPS[@]}"
	sleep "$1"
	stop_loops
	unload_if_loaded
}

# in_use: "CACHE OBJECTS" of each cache, and "kilobytes KILOBYTES".
in_use()
{
	local cache

	# Files that were looked at are no leak.
	echo 3 >/proc/sys/vm/drop_caches
	settle "${CACHES[@]}"
	for cache in "${CACHES[@]}"; do
		echo "$cache $(objects_of "$cache")"
	done
	echo "kilobytes $(kilobytes)"
}

# slabs: "CACHE KILOBYTES" of each, sorted.
slabs()
{
	awk 'NR > 2 { printf "%s %d\n", $1, $3 * $4 / 1024 }' /proc/slabinfo | sort
}

# What to look at first if there is a leak.
most_grown()
{
	join "$work/slabs-before" "$work/slabs-after" | awk '{ print $3 - $2, $1 }' | sort -rn | head -5 |
		awk '{ printf "%s%s %+d kB", separator, $2, $1; separator = ", " }'
}

# expect_flat FILE FILE
expect_flat()
{
	local name before after limit

	while read -r name before after; do
		limit=$OBJECTS
		[[ $name != kilobytes ]] || limit=$KILOBYTES
		log_info "$name: $before, $((after - before)) more"
		((after - before <= limit))
		check_err $? "$name: $((after - before)) more, at most $limit expected"
	done < <(join <(sort "$1") <(sort "$2"))
}

soak()
{
	local pid

	RET=0
	run_loops $((DURATION / 10 > 30 ? DURATION / 10 : 30))
	in_use >"$work/before"
	slabs >"$work/slabs-before"
	"$SELFTESTS_DIR/lib/seqflow.py" "$h1a" "$h2a" 10.0.2.1 >"$work/flow" &
	pid=$!
	run_loops "$DURATION"
	kill "$pid"
	wait "$pid"
	check_err $? "seqflow.py"
	in_use >"$work/after"
	slabs >"$work/slabs-after"
	expect_flat "$work/before" "$work/after"
	expect_all_arrived "$work/flow"
	expect_load_and_unload
	log_info "slabs that grew most: $(most_grown)"
	log_info "$(<"$work/flow")"
	log_test "$DURATION s; rounds:$rounds"
}

start_without_module
require_topology a b
setup_way_to_vrfs || exit
for cache in "${!CACHES[@]}"; do
	[[ -e /sys/kernel/slab/${CACHES[cache]} ]] || unset "CACHES[cache]"
done
work=$(mktemp -d)
defer rm -rf "$work"
run_tests

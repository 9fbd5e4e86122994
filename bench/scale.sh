#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the VM: measures how the cost grows. For each line of DIRECTORY/steps: set up what the step needs,
# then the SIDs, served by the built-in code and by the module. DIRECTORY gets the ticks of each, and lines of
# "memory KIND STEP SERVER ROUTES OCTETS".
set -uo pipefail
directory=$1 metric=instructions traced=0
source "$(dirname "$0")/bench-lib.sh"

# Octets that the kernel has allocated for small objects and for each CPU, and not kept for later.
allocated()
{
	local cache

	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	for cache in /sys/kernel/slab/*/shrink; do echo 1 >"$cache"; done
	awk '/^(Slab|Percpu):/ { sum += $2 } END { printf "%d\n", sum * 1024 }' /proc/meminfo
}

# lines KIND WHAT FIRST LAST: some of what ip -batch is to do.
lines()
{
	local per_item=1

	[[ $1.$2 != vrfs.setup ]] || per_item=3
	sed -n "$((($3 - 1) * per_item + 1)),$(($4 * per_item))p" "$directory/$1.$2"
}

# note_memory KIND STEP SERVER ROUTES BEFORE
note_memory()
{
	echo "$1 $2 $3 $4 $(($(allocated) - $5))" >>"$directory/memory"
}

# remember NAME: some packets to each SID, so that the module remembers their routes.
remember()
{
	for _ in 1 2 3; do
		inject "$1" core0 1 0
		sleep 0.3 # for the hook to come
	done
}

# measure_step SERVER KIND STEP SIDS: the SIDs made, measured and removed.
measure_step()
{
	local server=$1 kind=$2 step=$3 sids=$4 before

	before=$(allocated)
	lines "$kind" sids 1 "$sids" | ip -6 -batch - || die "cannot make the SIDs"
	note_memory "$kind-sids" "$step" "$server" "$sids" "$before"
	[[ $server != module ]] || remember "$kind-$step"
	measure "$server" "$kind-$step" core0 3
	lines "$kind" sids 1 "$sids" | sed 's/^route add \([^ ]*\) .*/route del \1/' | ip -6 -batch - ||
		die "cannot remove the SIDs"
}

start_measuring
: >"$directory/memory"
while read -r kind last step to address mac; do
	before=$(allocated)
	lines "$kind" setup $((last + 1)) "$step" | ip -batch - || die "cannot set up $step $kind"
	note_memory "$kind" "$step" both $((step - last)) "$before"
	setup_neighbour "$to" "$address" "$mac"
	sids=$step
	[[ $kind != routes ]] || sids=1
	measure_step builtin "$kind" "$step" "$sids"
	module_load || die "the module does not load"
	measure_step module "$kind" "$step" "$sids"
	module_unload || die "the module does not unload"
	echo "  measured: $step $kind"
done <"$directory/steps"

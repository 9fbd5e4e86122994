# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What is in use of the kernel's memory.

# objects_of CACHE...: in use; see settle.
objects_of()
{
	local cache

	for cache; do
		cat "/sys/kernel/slab/$cache/objects"
	done | awk '{ sum += $1 } END { print sum }'
}

# settle CACHE...: frees what can be freed. It may wait for five seconds, for a grace period, or in a CPU's cache:
# until there are no fewer.
settle()
{
	local cache objects before=

	while [[ ! $before ]] || ((objects < before)); do
		before=${objects:-}
		sleep 6
		for cache; do
			echo 1 >"/sys/kernel/slab/$cache/shrink"
		done
		sleep 2
		objects=$(objects_of "$@")
	done
}

# Kilobytes of kernel memory: slabs, vmalloc, per-CPU.
kilobytes()
{
	awk '/^(Slab|VmallocUsed|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo
}

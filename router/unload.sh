#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unload the module: disable its livepatch, wait until every task has left the replaced functions, remove it.
# Needs root. Leaves nothing.
#
#   unload.sh [SECONDS]    give up after SECONDS (60), sooner if a process keeps one of its files open
set -euo pipefail

name=seg6_end_dt4
patch=/sys/kernel/livepatch/$name
limit=${1:-60}

die() {
	echo "error: $*" >&2
	exit 1
}

# The first tasks that hold the transition up, with where they are.
stragglers() {
	local target state dir count=0
	{ read -r target <"$patch/enabled"; } 2>/dev/null || return 0
	for dir in /proc/[0-9]*/task/[0-9]*; do
		{ read -r state <"$dir/patch_state"; } 2>/dev/null || continue
		if [ "$state" != -1 ] && [ "$state" != "$target" ] && [ $((count += 1)) -le 10 ]; then
			echo "  ${dir##*/} $(cat "$dir/comm" 2>/dev/null):$(sed -n '1,4s/^\[<0>\]//p' "$dir/stack" 2>/dev/null | tr -d '\n')"
		fi
	done
}

# Who has one of its files in debugfs open: "PID NAME, PID NAME". By inode, for debugfs may be mounted anywhere.
holders() {
	local dir files pid comm
	dir=$(awk '$3 == "debugfs" { print $2; exit }' /proc/mounts)/$name
	files=$(stat -c '^%d:%i ' "$dir"/* 2>/dev/null) || return 0
	find -L /proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -printf '%D:%i %p\n' 2>/dev/null | grep -f <(echo "$files") |
		cut -d/ -f3 | sort -nu | while read -r pid; do
		{ read -r comm <"/proc/$pid/comm"; } 2>/dev/null && echo "$pid $comm"
	done | paste -sd, | sed 's/,/, /g'
}

# What the caller has open is his, not ours.
for fd in "/proc/$$/fd"/*; do
	fd=${fd##*/}
	[ "$fd" -le 2 ] || [ "$fd" = 255 ] || exec {fd}<&-
done

[[ $limit =~ ^[0-9]+$ ]] || die "usage: $0 [SECONDS]"
[ "$(id -u)" = 0 ] || die "unloading needs root"
[ -d "/sys/module/$name" ] || {
	echo "$name is not loaded"
	exit 0
}

if [ -d "$patch" ] && [ "$(cat "$patch/enabled" 2>/dev/null)" = 1 ]; then
	echo 0 >"$patch/enabled" || die "the kernel refuses to disable livepatch $name; see dmesg"
fi
end=$((SECONDS + limit))
while [ -d "$patch" ]; do
	if [ "$SECONDS" -ge "$end" ]; then
		stuck=$(stragglers)
		die "after $limit s these tasks still hold $name (it goes once they move on; wait, or wake them and run this again):
${stuck:-  none seen now; run this again}"
	fi
	sleep 0.1
done
# Whoever just reads a file is gone soon. Whoever keeps it open is to be told of, not waited for.
patience=$((SECONDS + 3))
while ! reason=$(rmmod "$name" 2>&1); do
	if [ "$SECONDS" -ge "$patience" ]; then
		open_by=$(holders) || true
		[ -z "$open_by" ] || die "the kernel's own code serves all routes, but $name stays loaded while its files in debugfs \
are open: $open_by; run this again once they are closed"
	fi
	[ "$SECONDS" -lt "$end" ] || die "$name is disabled but cannot be removed: $reason"
	sleep 0.2
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Unload the module; the kernel's own code serves the SIDs from their next packet on. Needs root. Leaves nothing.
#
#   unload.sh [SECONDS]    give up after SECONDS (60), sooner if a process keeps one of its files open
set -euo pipefail

name=seg6_end_dt4
limit=${1:-60}

die() {
	echo "error: $*" >&2
	exit 1
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

# Whoever just reads a file is gone soon. Whoever keeps it open is to be told of, not waited for.
end=$((SECONDS + limit))
patience=$((SECONDS + 3))
while ! reason=$(rmmod "$name" 2>&1); do
	if [ "$SECONDS" -ge "$patience" ]; then
		open_by=$(holders) || true
		[ -z "$open_by" ] || die "$name stays loaded and in service while its files in debugfs are open: $open_by; run this \
again once they are closed"
	fi
	[ "$SECONDS" -lt "$end" ] || die "$name cannot be removed: $reason"
	sleep 0.2
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing that was allocated since the runner began is lost, but for the descriptors, at most one of each behaviour, that an
# unload leaves to its routes: each is lost with the last of them. For kernels with kmemleak; the runner puts it last.

report=/sys/kernel/debug/kmemleak

# kmemleak takes an object for lost that two scans have not found a pointer to, and that is five seconds old.
sleep 6
echo scan >"$report" && sleep 6 && echo scan >"$report" || exit
descriptors=$((3 * $(dmesg | grep -cE 'seg6_end_dt4: gone; ([1-9]|.*, [1-9])')))
leaks=$(awk -v descriptors="$descriptors" '
	/^unreferenced object/ { object = $0; next }
	object {
		known = object ~ /\(size 64\)/ && /comm "insmod"/ && descriptors-- > 0
		if (!known) print object
		object = ""
	}
	!known' "$report")
echo clear >"$report"
[[ -z $leaks ]] || printf '%s\n' "$leaks"
[[ -z $leaks ]]

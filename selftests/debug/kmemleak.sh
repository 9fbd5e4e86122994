#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing that was allocated since the runner began is lost. For kernels with kmemleak; the runner puts it last.

report=/sys/kernel/debug/kmemleak

# kmemleak takes an object for lost that two scans have not found a pointer to, and that is five seconds old.
sleep 6
echo scan >"$report" && sleep 6 && echo scan >"$report" || exit
leaks=$(<"$report")
echo clear >"$report"
[[ -z $leaks ]] || printf '%s\n' "$leaks"
[[ -z $leaks ]]

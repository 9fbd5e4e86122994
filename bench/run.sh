#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the VM: measures each case of DIRECTORY, TIMES times served by the built-in code and by the module
# in turn. DIRECTORY gets the ticks of each run, and for instructions what the addresses in the traces mean,
# and the order of the runs, which is that of the traces.
#
#	run.sh DIRECTORY instructions|nanoseconds TIMES
set -uo pipefail
directory=$1 metric=$2 times=$3
traced=1 more=1
[[ $metric == instructions ]] || traced=0 more=100
source "$(dirname "$0")/bench-lib.sh"

# warm_up: some packets to each SID, so that the module remembers their routes.
warm_up()
{
	local name port

	for _ in 1 2 3; do
		while read -r name port; do
			cat "$directory/$name.packets" >$bench/packets
			echo "$port 1 0" >$bench/run
		done < <(jq -r '.[] | "\(.name) \(.port)"' "$directory/cases.json")
		sleep 0.3 # for the hook to come
	done
}

# phase NAME: all cases.
phase()
{
	local name port rounds to address mac

	setup_sids || die "cannot make the SIDs"
	if module_loaded; then
		grep -F "[$MODULE]" /proc/kallsyms >"$directory/$1.kallsyms"
		warm_up
	fi
	while read -r name port rounds to address mac; do
		setup_neighbour "$to" "$address" "$mac" || die "cannot add the neighbour $address"
		measure "$1" "$name" "$port" "$((rounds * more))"
	done < <(jq -r '.[] | "\(.name) \(.port) \(.rounds) \(.neighbour | join(" "))"' "$directory/cases.json")
	echo "  measured: $1"
}

start_measuring
cat /proc/kallsyms >"$directory/kallsyms"
[[ ! -e $directory/routes ]] || ip -batch "$directory/routes" || die "cannot add the routes of the large VRF"
for ((i = 1; i <= times; i++)); do
	phase "builtin.$i"
	module_load || die "the module does not load"
	phase "module.$i"
	module_asks || die "the module has no switches"
	sleep 1 # for the hook to go
	phase "asking.$i"
	module_asks no
	rules add || die "cannot add the policy rules"
	phase "module_rules.$i"
	(($(routes_of built) + $(routes_of adopted) >= 3)) || die "the module does not serve the SIDs"
	module_unload || die "the module does not unload"
	phase "builtin_rules.$i"
	rules del
done

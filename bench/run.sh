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
[[ $metric == instructions ]] || traced=0 more=50
bench=/sys/kernel/debug/seg6_bench
source "$(dirname "$0")/../selftests/lib.sh"
source "$(dirname "$0")/router.sh"

die()
{
	echo "error: $*" >&2
	exit 1
}

# measure PHASE NAME DEVICE ROUNDS
measure()
{
	cat "$directory/$2.packets" >$bench/packets
	if ! echo "$3 $(($4 * more)) $traced" >$bench/run; then
		dmesg | tail -n 20 >&2
		die "case $2, $1: the packets did not come out as they should; see above"
	fi
	cat $bench/ticks >"$directory/$1.$2.ticks"
	echo "$1 $2" >>"$directory/runs"
}

# phase NAME: all cases.
phase()
{
	local name port rounds to address mac

	setup_sids || die "cannot make the SIDs"
	! module_loaded || grep -F "[$MODULE]" /proc/kallsyms >"$directory/$1.kallsyms"
	while read -r name port rounds to address mac; do
		setup_neighbour "$to" "$address" "$mac" || die "cannot add the neighbour $address"
		measure "$1" "$name" "$port" "$rounds"
	done < <(jq -r '.[] | "\(.name) \(.port) \(.rounds) \(.neighbour | join(" "))"' "$directory/cases.json")
	echo "  measured: $1"
}

insmod "$directory/seg6_bench.ko" || die "seg6_bench.ko does not load"
setup_router || die "cannot set up the router"
[[ ! -e $directory/routes ]] || ip -batch "$directory/routes" || die "cannot add the routes of the large VRF"
thousand=$(<$bench/thousand)
jq -n --arg kernel "$(uname -r)" --argjson thousand "$thousand" --argjson tsc_khz "$(<$bench/tsc_khz)" \
	--arg metric "$metric" --arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" '$ARGS.named' >"$directory/machine.json"
: >"$directory/runs"
sleep 3 # until the router has said all that it wants to say to its neighbours
cat /proc/kallsyms >"$directory/kallsyms"
measure none.1 ipv4-64 none 20
for ((i = 1; i <= times; i++)); do
	phase "builtin.$i"
	module_load || die "the module does not load"
	phase "module.$i"
	[[ $(routes_of live) -ge 3 ]] || die "the module does not serve the SIDs"
	module_unload || die "the module does not unload"
done

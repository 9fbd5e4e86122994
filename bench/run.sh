#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the VM: measures the cases of DIRECTORY, TIMES times served by the built-in code and by the module
# in turn, in several situations. DIRECTORY gets the ticks of each run, and for instructions what the addresses
# in the traces mean, and the order of the runs, which is that of the traces.
#
#	run.sh DIRECTORY instructions|nanoseconds TIMES
set -uo pipefail
directory=$1 metric=$2 times=$3
traced=1 more=1
[[ $metric == instructions ]] || traced=0 more=100
source "$(dirname "$0")/bench-lib.sh"
source "$(dirname "$0")/situations.sh"

# cases [CASE...]: lines "NAME PORT ROUNDS NEIGHBOUR...", of all that need no situation of their own, or of those.
cases()
{
	jq -r '.[] | select(if $ARGS.positional == [] then .situation == null else IN(.case; $ARGS.positional[]) end) |
		"\(.name) \(.port) \(.rounds) \(.neighbour | join(" "))"' "$directory/cases.json" --args "$@"
}

# warm_up [CASE...]: some packets to each SID, so that the module remembers their routes.
warm_up()
{
	local name port rest

	for _ in 1 2 3; do
		while read -r name port rest; do
			cat "$directory/$name.packets" >$bench/packets
			echo "$port 1 0" >$bench/run
		done < <(cases "$@")
		sleep 0.3 # for the hook to come
	done
}

# phase NAME [CASE...]
phase()
{
	local phase=$1 name port rounds neighbour
	shift

	grep -E "\[($MODULE|bpf)\]" /proc/kallsyms >"$directory/$phase.kallsyms"
	! module_loaded || warm_up "$@"
	while read -r name port rounds neighbour; do
		# shellcheck disable=SC2086 # a device and two addresses
		setup_neighbour $neighbour || die "cannot add the neighbour $neighbour"
		measure "$phase" "$name" "$port" "$((rounds * more))"
	done < <(cases "$@")
	echo "  measured: $phase"
}

# in_situation SITUATION PHASE CASE...
in_situation()
{
	local situation=$1
	shift

	"$situation" on || die "cannot set up: $situation"
	phase "$@"
	"$situation" off || die "cannot undo: $situation"
}

# both SERVER: what is measured of either.
both()
{
	setup_sids || die "cannot make the SIDs"
	phase "$1.$i"
	in_situation hmac "$1.$i" hmac
	in_situation order "$1_order.$i" srh nosrh
	in_situation loose "$1_loose.$i" srh nosrh
	in_situation rules "$1_rules.$i"
	for case in srh-64 nosrh-64; do
		measure_changing "$1_changing.$i" $case core0 "$((20 * more))"
	done
	echo "  measured: $1_changing.$i"
	[[ ! -e $directory/many_sids ]] || in_situation many_sids "$1.$i" sids10k
}

start_measuring
cat /proc/kallsyms >"$directory/kallsyms"
[[ ! -e $directory/routes ]] || ip -batch "$directory/routes" || die "cannot add the routes of the large VRF"
for ((i = 1; i <= times; i++)); do
	both builtin
	in_situation ebpf "ebpf.$i" srh nosrh ipv6
	in_situation ebpf_tcx "ebpf_tcx.$i" srh nosrh ipv6
	in_situation ebpf_table "ebpf_table.$i" srh nosrh
	insmod "$MODULE_KO" audit=1 || die "the module does not load for an audit"
	phase "audit.$i" srh nosrh
	module_unload || die "the module does not unload"
	module_load || die "the module does not load"
	both module
	switches direct_route || die "the module has no switches"
	phase "direct.$i" srh nosrh
	switches off
	sleep 1 # for the hook to go
	phase "asking.$i"
	(($(packets_served) > 0)) || die "the module does not serve the SIDs"
	switches direct_route remember_route
	in_situation elsewhere "elsewhere.$i" ipv6
	module_unload || die "the module does not unload"
done

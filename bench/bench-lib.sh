# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts in the VM share. They set $directory, $metric and $traced.
# shellcheck disable=SC2154

bench=/sys/kernel/debug/seg6_bench
source "$(dirname "${BASH_SOURCE[0]}")/../selftests/lib/lib.sh"
source "$(dirname "${BASH_SOURCE[0]}")/router.sh"

die()
{
	echo "error: $*" >&2
	exit 1
}

# inject NAME DEVICE ROUNDS TRACED: the packets of case NAME, which have to come out as it says.
inject()
{
	cat "$directory/$1.packets" >$bench/packets
	if ! echo "$2 $3 $4" >$bench/run; then
		dmesg | grep 'seg6_bench: .*came out' | tail -n 12 >&2
		die "case $1: the packets did not come out as they should; see above"
	fi
}

# measure PHASE NAME DEVICE ROUNDS
measure()
{
	inject "$2" "$3" "$4" "$traced"
	cat $bench/ticks >"$directory/$1.$2.ticks"
	echo "$1 $2 $traced" >>"$directory/runs"
}

# measure_changing PHASE NAME DEVICE ROUNDS: an IPv6 route changes before each round.
measure_changing()
{
	local round

	: >"$directory/$1.$2.ticks"
	for ((round = 0; round < $4; round++)); do
		ip -6 route replace 2001:db8:3::/48 via fd00::2 dev core0 || die "cannot change a route"
		inject "$2" "$3" 0 0
		cat $bench/ticks >>"$directory/$1.$2.ticks"
	done
	ip -6 route del 2001:db8:3::/48
	echo "$1 $2 0" >>"$directory/runs"
}

# The router, what is known of the machine, and what measuring costs.
start_measuring()
{
	insmod "$directory/seg6_bench.ko" || die "seg6_bench.ko does not load"
	setup_router || die "cannot set up the router"
	jq -n --arg kernel "$(uname -r)" --argjson thousand "$(<$bench/thousand)" --argjson tsc_khz "$(<$bench/tsc_khz)" \
		--arg metric "$metric" --arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" '$ARGS.named' \
		>"$directory/machine.json"
	sleep 3 # until the router has said all that it wants to say to its neighbours
	: >"$directory/runs"
	measure none ipv4-64 none 20
}

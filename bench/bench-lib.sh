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

# module_asks [no]: the kernel is to be asked for each way.
module_asks()
{
	local switch on=N

	[[ ${1:-} != no ]] || on=Y
	for switch in direct_route remember_route; do
		echo $on >"/sys/module/$MODULE/parameters/$switch" || return
	done
}

# rules add|del: policy rules that select something, before all others.
rules()
{
	ip -4 rule "$1" pref 1 from 192.0.2.1 lookup main && ip -6 rule "$1" pref 1 from 2001:db8:ffff::1 lookup main
}

# measure PHASE NAME DEVICE ROUNDS
measure()
{
	cat "$directory/$2.packets" >$bench/packets
	if ! echo "$3 $4 $traced" >$bench/run; then
		dmesg | grep 'seg6_bench: .*came out' | tail -n 12 >&2
		die "case $2, $1: the packets did not come out as they should; see above"
	fi
	cat $bench/ticks >"$directory/$1.$2.ticks"
	echo "$1 $2" >>"$directory/runs"
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

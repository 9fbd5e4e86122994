#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Shows the module at work: two provider edges (PE), two tenants with the same
# IPv4 and IPv6 addresses, SRv6 between them. Every statement is checked; the exit status
# says whether all of them held.
#
# Needs root, a machine to itself (vm.sh makes one) and iproute2; leaves nothing.
#
# usage (as root): MODULE_KO=path/to/seg6_end_dt4.ko scripts/demo.sh

set -Eeuo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source-path=SCRIPTDIR source=demo-net.sh
. "$here/demo-net.sh"

readonly MODULE=seg6_end_dt4
readonly DEBUGFS=/sys/kernel/debug/$MODULE
readonly KMSG_MARK="demo of $MODULE starts: $$"
readonly SPLATS=$here/../selftests/splats
readonly PINGS=5

passed=0
failed=0
ours=no
verdict=
failed_command=

tmp=$(mktemp -d)
exec 3>&1 # for the verdict: a command that fails may leave its own redirection behind

# --- telling -----------------------------------------------------------------

bold='' red='' green='' plain=''
if [ -t 1 ]; then
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

section() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

indent() { sed 's/./    &/'; }

# check TEXT COMMAND...: does the command succeed?
check() {
	local text=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		printf '  %s✓%s %s\n' "$green" "$plain" "$text"
	else
		failed=$((failed + 1))
		printf '  %s✗ %s%s\n' "$red" "$text" "$plain"
	fi
}

# is TEXT FOUND WANTED: are the two equal? On failure shows what was found.
is() {
	if [ "$2" = "$3" ]; then
		check "$1" true
	else
		check "$1: expected '$3', found '$2'" false
	fi
}

die() {
	verdict="Demo stopped: $*"
	exit 1
}

# --- cleaning up: always, and before the verdict -------------------------------

finish() {
	local status=$?
	trap '' INT TERM
	trap - EXIT
	set +e
	stop_jobs
	net_remove
	if [ $ours = yes ] && [ -e "/sys/module/$MODULE" ] && ! "$here/../router/unload.sh" >"$tmp/unload" 2>&1; then
		verdict="Demo stopped: the module could not be unloaded: $(tail -n 1 "$tmp/unload")"
		status=1
	fi
	rm -rf "$tmp"
	printf '\n%s\n' "${verdict:-Demo stopped: this failed: $failed_command}" >&3
	exit "$status"
}

# The name servers and captures, which live in the namespaces.
stop_jobs() {
	local pids
	mapfile -t pids < <(jobs -p)
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait
}

interrupted() {
	verdict='Demo stopped: interrupted; nothing was left behind.'
	exit 130
}

# --- the module ----------------------------------------------------------------

# What the kernel has logged since the demo began.
kernel_log() { dmesg | sed "1,/$KMSG_MARK\$/d" | sed 's/^\[[^]]*\] //'; }

# What the module itself has said, without the kernel's taint notices.
module_log() { kernel_log | sed -n "/^$MODULE: /{/taint/!p}"; }

require() {
	[ "$(id -u)" = 0 ] || die 'it makes network namespaces and loads a module: run it as root.'
	[ -n "${MODULE_KO:-}" ] || die 'MODULE_KO is not set: give the path of the built module.'
	[ -f "$MODULE_KO" ] || die "no module at $MODULE_KO: build it first (make modules)."
	[ -s "$SPLATS" ] || die "$SPLATS is missing: no complaint of the kernel would be seen."
	[ ! -e "/sys/module/$MODULE" ] || die "$MODULE is already loaded: router/unload.sh first."

	local tool_package
	for tool_package in ip:iproute2 ping:iputils-ping tcpdump:tcpdump socat:socat insmod:kmod; do
		command -v "${tool_package%:*}" >/dev/null ||
			die "${tool_package%:*} is missing: apt-get install ${tool_package#*:}"
	done
}

load() {
	echo "$KMSG_MARK" >/dev/kmsg
	ours=yes
	insmod "$MODULE_KO" 2>"$tmp/insmod" ||
		die "$(tail -n 1 "$tmp/insmod"); the kernel says: $(kernel_log | tail -n 1)"
}

# Inner packets that the module has routed.
routed() { awk '/^inner_/ { sum += $2 } END { print sum }' "$DEBUGFS/lookups"; }

# drops CAUSE: a line of this file is "cause kernel_reason count".
drops() { awk -v cause="$1" '$1 == cause { print $3 }' "$DEBUGFS/drops"; }

# wait_for COMMAND...: until it succeeds, ten seconds at most.
wait_for() {
	local end=$((SECONDS + 10))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# --- traffic -------------------------------------------------------------------

# ping_from HOST ADDRESS: prints "received/sent".
ping_from() {
	{ in_ns "$1" ping -n -q -c $PINGS -i 0.02 -W 2 "$2" || true; } |
		sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\2\/\1/p'
}

# Each host serves its own name (that of its namespace) on TCP port 7000.
serve_names() {
	local host
	for host in "${HOSTS[@]}"; do
		ip netns exec "$PREFIX$host" socat TCP-LISTEN:7000,reuseaddr,fork \
			"SYSTEM:ip netns identify | sed s/^$PREFIX//" 2>/dev/null &
	done
}

name_at() { in_ns "$1" socat -u -T 2 "TCP:$2:7000,connect-timeout=2,retry=3,interval=0.2" - 2>/dev/null; }

# capture FILE NS DEVICE FILTER: the next matching packet; returns once tcpdump listens.
capture() {
	ip netns exec "$PREFIX$2" timeout 20 tcpdump -t -n -l -c 1 --immediate-mode -i "$3" "$4" \
		>"$1" 2>"$1.err" &
	wait_for grep -qs 'listening on' "$1.err" || die "tcpdump does not start: $(tail -n 1 "$1.err")"
}

# --- the demo ------------------------------------------------------------------

show_load() {
	section "1. Load the module into the running kernel, $(uname -r)"
	load
	module_log | fold -s -w 94 | indent
	check 'it serves from now on' grep -q "serves End.DT4, End.DT6, End.DT46" <<<"$(module_log)"
}

show_network() {
	section '2. Two PEs, two tenants, the same IPv4 and IPv6 addresses in both'
	net_picture | indent
	net_build
	serve_names
}

show_traffic() {
	local tenant
	section '3. Traffic, both tenants, both families, both directions'
	for tenant in red blue; do
		is "$tenant, IPv4: ping west → east $PINGS/$PINGS" "$(ping_from $tenant-west "$EAST")" $PINGS/$PINGS
		is "$tenant, IPv4: ping east → west $PINGS/$PINGS" "$(ping_from $tenant-east "$WEST")" $PINGS/$PINGS
		is "$tenant, IPv6: ping west → east $PINGS/$PINGS" "$(ping_from $tenant-west "$EAST6")" $PINGS/$PINGS
		is "$tenant, IPv6: ping east → west $PINGS/$PINGS" "$(ping_from $tenant-east "$WEST6")" $PINGS/$PINGS
	done
}

show_counters() {
	section '4. What was counted (ip -6 -s route; ip -s link)'
	local pe tenant
	for pe in pe1 pe2; do
		sid_routes $pe | sed "s/^/$pe  /" | indent
	done
	is "red's 4 SIDs counted the $((2 * PINGS)) packets sent to each, blue's 2 the $((4 * PINGS)), and no error" \
		"$(sid_counts | sort | uniq -c | xargs)" "4 packets $((2 * PINGS)) errors 0 2 packets $((4 * PINGS)) errors 0"
	is 'each of these packets was routed by Rust' "$(routed)" "$(sid_counts | awk '{ sum += $2 } END { print sum }')"
	for tenant in red blue; do
		is "pe2, vrf-$tenant: $((8 * PINGS)) packets received, half from the tunnel, half from the host" \
			"$(vrf_rx pe2 vrf-$tenant)" $((8 * PINGS))
	done
}

show_names() {
	section '5. TCP: each tenant reaches its own host, though the address is the same'
	local tenant
	for tenant in red blue; do
		is "$tenant-west asks $EAST for its name: $tenant-east" \
			"$(name_at $tenant-west "$EAST")" $tenant-east
		is "$tenant-east asks $WEST for its name: $tenant-west" \
			"$(name_at $tenant-east "$WEST")" $tenant-west
	done
}

show_packet() {
	section '6. One packet, seen by tcpdump before and after End.DT4'
	capture "$tmp/core" core to-pe2 'ip6[6] == 43'
	capture "$tmp/vrf" pe2 vrf-red 'icmp[icmptype] == icmp-echo'
	ping_from red-west "$EAST" >/dev/null
	wait_for test -s "$tmp/core" || true
	wait_for test -s "$tmp/vrf" || true
	sed 's/^/core            /; s/: RT6/:\n                  RT6/; s/) IP /)\n                    IP /' \
		"$tmp/core" | indent
	sed 's/^/vrf-red on pe2  /' "$tmp/vrf" | indent
	check 'core: an SRv6 packet, the IPv4 packet inside' \
		grep -qE "^IP6 .* > $PE2_RED_SID: .*IP $WEST > $EAST: ICMP echo request" "$tmp/core"
	check 'vrf-red on pe2: the IPv4 packet alone' \
		grep -qE "^IP $WEST > $EAST: ICMP echo request" "$tmp/vrf"
}

show_isolation() {
	section "7. Isolation: $BLUE_ONLY exists only in tenant blue"
	local reply
	is "blue-west reaches it: $PINGS/$PINGS" "$(ping_from blue-west "$BLUE_ONLY")" $PINGS/$PINGS
	reply=$(in_ns red-west ping -n -c 1 -W 2 "$BLUE_ONLY" || true)
	check "red-west does not: vrf-red on pe2 ($PE2_GATEWAY) answers that the host is unreachable" \
		grep -q "^From $PE2_GATEWAY .*Destination Host Unreachable" <<<"$reply"
}

show_rust() {
	section "8. The Rust side ($DEBUGFS)"
	in_ns pe1 ping -n -q -c 1 -W 0.2 "$WRONG_PAYLOAD" >/dev/null || true
	{
		awk '$2 > 0 { print "lookups " $0 }' "$DEBUGFS/lookups"
		awk '$3 > 0 { print "drops   " $0 }' "$DEBUGFS/drops"
	} | indent
	is "dropped with its reason: red's packet to $BLUE_ONLY" "$(drops refused_by_route)" 1
	is 'dropped with its reason: an IPv6 packet in the tunnel, which is not for End.DT4' \
		"$(drops upper_layer)" 1
	is "both are errors in the counters of red's SID" "$(sid_counts | grep -c 'errors 2$')" 1
}

show_unload() {
	section "9. Unload: the routes stay, the kernel's own code serves them again"
	local tenant
	"$here/../router/unload.sh" >"$tmp/unload" 2>&1 || tail -n 1 "$tmp/unload" | indent
	module_log | tail -n 1 | indent
	check 'the module is gone' test ! -e "/sys/module/$MODULE"
	for tenant in red blue; do
		is "$tenant: ping west → east $PINGS/$PINGS, still" \
			"$(ping_from $tenant-west "$EAST")" $PINGS/$PINGS
		is "$tenant: the same with IPv6, still" "$(ping_from $tenant-west "$EAST6")" $PINGS/$PINGS
	done
	stop_jobs
	net_remove
	is 'the kernel log has no warning' \
		"$(kernel_log | grep -E -f "$SPLATS" | head -n 1)" ''
}

trap finish EXIT
trap 'failed_command=$BASH_COMMAND' ERR
trap interrupted INT TERM

require
net_remove
show_load
show_network
show_traffic
show_counters
show_names
show_packet
show_isolation
show_rust
show_unload

if [ "$failed" -gt 0 ]; then
	verdict="FAILED: $failed of $((passed + failed)) checks."
	exit 1
fi
verdict="PASSED: all $passed checks. SRv6 End.DT4, End.DT6 and End.DT46 were served by Rust on $(uname -r)."

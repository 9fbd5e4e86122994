# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # the variables are of the test that boots the router
# Sourced by the steps, which run at the end of a router's boot: what they say goes to the second serial port.
set -uo pipefail
exec >/dev/ttyS1 2>&1 </dev/null
export DEBIAN_FRONTEND=noninteractive
# shellcheck source=/dev/null
. /root/arguments

name=seg6-end-dt4
module=/sys/module/seg6_end_dt4
failed=

# check WHAT CMD…
check() {
	local what=$1
	shift
	if "$@"; then
		echo "  ok: $what"
	else
		echo "  FAILED: $what ($*)"
		failed=1
	fi
}

finish() { [ "$failed" ] || echo "step passed"; }

# Not grep -q: a pipe's writer would fail.
says() { grep -F -- "$1" >/dev/null; }
not() { ! "$@"; }

started_at() { systemctl show -P InactiveExitTimestampMonotonic "$1"; }
active_at() { systemctl show -P ActiveEnterTimestampMonotonic "$1"; }

is_loaded() { [ "$(cat $module/version 2>/dev/null)" = "$1" ]; }
before_frr() { [ "$(active_at $name)" -gt 0 ] && [ "$(active_at $name)" -lt "$(started_at frr)" ]; }

add_netns() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip netns exec "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
}

# The core: netns pe, which encapsulates what 10.1.0.1 sends.
core() {
	add_netns pe
	ip link add core type veth peer name core netns pe
	ip addr add fc00::1/64 dev core nodad && ip link set core up
	ip -n pe addr add fc00::2/64 dev core nodad && ip -n pe link set core up
	ip -n pe addr add 10.1.0.1/32 dev lo
	ip -n pe -6 route add 5f00::/16 via fc00::1
}

# tenant TABLE N: his VRF on the router, and his site 10.N.0.0/24 in netns ceN. Replies take a way of their own.
tenant() {
	local table=$1 n=$2 ns=ce$2
	add_netns "$ns"
	# Its sysctl comes with the module vrf, and that with the first VRF.
	ip link add "vrf$table" type vrf table "$table" && ip link set "vrf$table" up
	sysctl -qw net.vrf.strict_mode=1 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip link add "site$n" type veth peer name site netns "$ns"
	ip -n pe link add "back$n" type veth peer name back netns "$ns"
	ip link set "site$n" master "vrf$table" up && ip addr add "10.$n.0.1/24" dev "site$n"
	ip -n pe addr add "10.10$n.0.1/24" dev "back$n" && ip -n pe link set "back$n" up
	ip -n "$ns" addr add "10.$n.0.2/24" dev site && ip -n "$ns" link set site up
	ip -n "$ns" addr add "10.10$n.0.2/24" dev back && ip -n "$ns" link set back up
	ip -n "$ns" route add 10.1.0.1 via "10.10$n.0.1"
}

# One tenant and his SID.
topology() {
	core
	tenant 100 2
	ip -n pe route add 10.2.0.0/24 encap seg6 mode encap segs 5f00::d4 dev core
	ip -6 route add 5f00::d4 encap seg6local action End.DT4 vrftable 100 count dev vrf100
}

# reaches_site [N]
reaches_site() { ip netns exec pe ping -q -c 3 -i 0.2 -W 3 -I 10.1.0.1 "10.${1:-2}.0.2" >/dev/null; }
rust_has() { grep -q '^inner_.* [1-9]' /sys/kernel/debug/seg6_end_dt4/lookups; }

# Rounds of 50 packets until it is told to stop: none may be lost.
start_traffic() {
	while [ ! -e /run/stop ]; do
		ip netns exec pe ping -q -c 50 -i 0.02 -W 5 -I 10.1.0.1 10.2.0.2 | grep transmitted
	done >/run/traffic &
}
stop_traffic() {
	touch /run/stop
	wait
	rm /run/stop
	echo "  $(wc -l </run/traffic) rounds of traffic"
	[ -s /run/traffic ] && ! grep -v ' 50 received, 0% packet loss' /run/traffic
}

# As it should be after every boot into a kernel that has the module.
check_served() {
	check "runs $rel" [ "$(uname -r)" = "$rel" ]
	check "the service is active" systemctl -q is-active $name
	check "$version is loaded" is_loaded "$version"
	check "FRR is active" systemctl -q is-active frr
	check "loaded before FRR was started" before_frr
	topology
	check "a packet reaches the site" reaches_site
	check "by way of the module" rust_has
	check "doctor has nothing to say" doctor_says
	check "status knows the SID" says "sid: 5f00::d4" <<<"$($name status)"
}

# doctor_says NAME…: that is wrong with the module and the kernel; the VRF here is as Linux makes it.
doctor_says() {
	local found
	found=$($name doctor | sed -n 's/^\([^ :]*\):.*/\1/p' | grep -vE '^(way-out|local-first)$' | sort | paste -sd' ')
	[ "$found" = "$*" ] || { echo "  it says: $found"; return 1; }
}

# What a purge leaves; the logs of apt, dpkg and systemd may remember.
leftovers() {
	find / -xdev -iname '*seg6[-_]end[-_]dt4*' ! -path '/repo/*' ! -path '/root/*' ! -path '/var/log/*' ! -path '/var/lib/apt/*' \
		! -path '/proc/*'
	dpkg-query -W -f '${Package} ${Status}\n' 2>/dev/null | grep "^$name"
	systemctl list-units --all --plain --no-legend "$name*"
}
nothing_left() { [ ! "$(leftovers | tee /dev/stderr)" ]; }

# Purges all its packages under traffic.
check_purge() {
	start_traffic
	sleep 2
	check "apt purges it" apt-get -y -q -o Dpkg::Use-Pty=0 purge "$name*"
	check "the module is unloaded" [ ! -e $module ]
	sleep 2
	check "no packet was lost" stop_traffic
	check "the built-in code serves the SID" reaches_site
	check "nothing is left" nothing_left
}

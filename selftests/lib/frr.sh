# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# FRR's daemons in the namespaces of the edges, and their configuration. Files and sockets are in $work/EDGE.

FRR=/usr/lib/frr

# frr_config SITE PEER
frr_config()
{
	local table

	cat <<-EOF
		zebra nexthop-group keep 1
		segment-routing
		 srv6
		  locators
		   locator MAIN
		    prefix fc00:$1::/48 block-len 32 node-len 16 func-bits 16
		router bgp 65000
		 bgp router-id 192.0.2.$1
		 timers bgp 3 9
		 neighbor fd00::$2 remote-as 65000
		 neighbor fd00::$2 timers connect 1
		 neighbor fd00::$2 capability extended-nexthop
		 segment-routing srv6
		  locator MAIN
		 address-family ipv4 vpn
		  neighbor fd00::$2 activate
		 address-family ipv6 vpn
		  neighbor fd00::$2 activate
	EOF
	for table in 100 200; do
		cat <<-EOF
			router bgp 65000 vrf vrf-$table
			 bgp router-id 192.0.2.$1
			 address-family ipv4 unicast
			  sid vpn export auto
			  rd vpn export 65000:$table
			  rt vpn both 65000:$table
			  redistribute connected
			  export vpn
			  import vpn
		EOF
	done
}

# start_daemon EDGE DAEMON
start_daemon()
{
	local dir=$work/$1

	ip netns exec "${!1}" "$FRR/$2" -d -i "$dir/$2.pid" -z "$dir/zserv.api" --vty_socket "$dir" -P 0 \
		--log "file:$dir/$2.log" </dev/null &>>"$dir/$2.log" &&
		busywait 20000 test -S "$dir/$2.vty"
}

# stop_daemon EDGE DAEMON
stop_daemon()
{
	local pid

	pid=$(<"$work/$1/$2.pid")
	kill "$pid" && busywait 20000 test ! -e "/proc/$pid"
}

# configure EDGE: the commands of the standard input.
configure()
{
	cat >"$work/$1/commands" && vtysh --vty_socket "$work/$1" -f "$work/$1/commands" &>>"$work/$1/vtysh.log"
}

# tell_bgpd EDGE COMMAND...
tell_bgpd()
{
	local edge=$1 command commands=()
	shift

	for command; do
		commands+=(-c "$command")
	done
	vtysh --vty_socket "$work/$edge" -d bgpd -c "configure terminal" "${commands[@]}" &>>"$work/$edge/vtysh.log"
}

# configure_vrf EDGE TABLE COMMAND: in the VRF's address family.
configure_vrf()
{
	tell_bgpd "$1" "router bgp 65000 vrf vrf-$2" "address-family ipv4 unicast" "$3"
}

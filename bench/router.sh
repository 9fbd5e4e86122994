# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The router that is measured: two VRFs, a port to each neighbour, and the SIDs. See cases.py for who has
# which address. The VM is the router; its ports are devices of the generator.

# setup_port NUMBER DEV [VRF]: MAC addresses and a neighbour's entry need no traffic.
setup_port()
{
	ip -batch - <<-EOF
		link add $2 address 02:00:00:00:00:0$1 mtu 1600 type seg6_bench
		${3:+link set $2 master $3}
		link set $2 up
	EOF
}

# setup_neighbour DEV ADDRESS MAC: anew before each case. The last one made is the first of its chain in the
# kernel's hash table, whose seed is random: so a lookup costs the same each time.
setup_neighbour()
{
	ip neigh del "$2" dev "$1" 2>/dev/null
	ip neigh add "$2" dev "$1" lladdr "$3" nud permanent
}

setup_router()
{
	modprobe vrf && modprobe ip6_tunnel || return
	sysctl -wq net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.ip_forward=1 net.vrf.strict_mode=1 net.ipv6.conf.default.seg6_enabled=1 \
		net.ipv6.conf.all.seg6_enabled=1
	ip link add vrf100 up type vrf table 100
	ip link add vrf101 up type vrf table 101
	setup_port 1 core0
	setup_port 2 core1
	setup_port 3 cust0 vrf100
	setup_port 4 site0 vrf100
	setup_port 5 glob0
	setup_port 6 large0 vrf101
	ip -batch - <<-EOF
		link set lo up
		addr add fd00::1/64 dev core0 nodad
		addr add fd01::1/64 dev core1 nodad
		addr add 10.0.3.254/24 dev cust0
		addr add 10.0.0.254/24 dev site0
		addr add 2001:db8:f0::254/64 dev site0 nodad
		addr add 10.0.9.254/24 dev glob0
		addr add 10.0.1.254/24 dev large0
		addr add 5f00::6/128 dev lo
	EOF
	ip -batch - <<-EOF
		link add tun0 type ip6tnl mode ipip6 local 5f00::6 remote 2001:db8:1::1
		link set tun0 master vrf100 up
		route add 2001:db8:1::/48 via fd00::2 dev core0
		route add 2001:db8:2::/48 via fd01::2 dev core1
		route add 5f00:1::/32 via fd00::2 dev core0
		route add 10.2.0.0/24 vrf vrf100 via 10.0.0.1 dev site0
		route add 2001:db8:22::/64 vrf vrf100 via 2001:db8:f0::1 dev site0
		route add 10.1.0.0/24 vrf vrf100 encap seg6 mode encap segs 5f00:1::d4 dev core0
		route add 10.1.0.0/24 vrf vrf101 encap seg6 mode encap segs 5f00:1::1a dev core0
		route add 5f00::4 encap seg6local action End.DX4 nh4 10.0.9.1 dev core0
	EOF
}

# The SIDs under test are made by whoever serves them.
setup_sids()
{
	ip -6 -batch - <<-EOF
		route replace 5f00::d4 encap seg6local action End.DT4 vrftable 100 dev vrf100
		route replace 5f00::c encap seg6local action End.DT4 vrftable 100 count dev vrf100
		route replace 5f00::1a encap seg6local action End.DT4 vrftable 101 dev vrf101
		route replace 5f00::d6 encap seg6local action End.DT6 vrftable 100 dev vrf100
		route replace 5f00::d46 encap seg6local action End.DT46 vrftable 100 dev vrf100
	EOF
}

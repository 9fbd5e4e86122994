# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two provider edges, two tenants with the same addresses. setup_ns assigns $pe1 and the like.
#
#	h1a 10.0.1.1 -- vrf-100 \                          / vrf-100 -- 10.0.2.1 h2a
#	                         pe1 ==== IPv6 core ==== pe2
#	h1b 10.0.1.1 -- vrf-200 /     fd00::1  fd00::2     \ vrf-200 -- 10.0.2.1 h2b
#
# The edge's own addresses in a VRF: 10.0.N.254 on the port to the host, 10.0.N.253 on the VRF device.
# SIDs, N being the edge's number: fc00:N::100 (tenant a, table 100), fc00:N::200 (tenant b, table 200).
#
# With IPv6 (setup_ipv6): 2001:db8:N::1 the host, 2001:db8:N::254 the edge's port to it, 2001:db8:N::253 the VRF device.
# SIDs of End.DT6 fc00:N:6::TABLE, of End.DT46 fc00:N:46::TABLE.

BEHAVIOUR=${SID_BEHAVIOUR:-End.DT4}
SID_A=fc00:2::100
SID_B=fc00:2::200
SID_A_DT6=fc00:2:6::100
SID_A_DT46=fc00:2:46::100

# setup_edge NS: a router that allows End.DT4.
setup_edge()
{
	ip netns exec "$1" sysctl -wq net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1 net.vrf.strict_mode=1
}

# setup_link NS_A NS_B DEV ADDRESS_A ADDRESS_B: one more link of the core.
setup_link()
{
	ip link add "$3" netns "$1" mtu 9200 type veth peer name "$3" netns "$2" mtu 9200
	ip -n "$1" addr add "$4/64" dev "$3" nodad
	ip -n "$2" addr add "$5/64" dev "$3" nodad
	ip -n "$1" link set "$3" up
	ip -n "$2" link set "$3" up
}

setup_core()
{
	setup_ns pe1 pe2
	setup_edge "$pe1"
	setup_edge "$pe2"
	setup_link "$pe1" "$pe2" core fd00::1 fd00::2
}

# setup_site EDGE_NS HOST_NS SITE TENANT TABLE: the tenant's VRF on the edge, with one host.
setup_site()
{
	local edge=$1 host=$2 site=$3 tenant=$4 table=$5

	ip link add eth0 netns "$host" type veth peer name "to-$tenant" netns "$edge"
	ip -n "$edge" -batch - <<-EOF
		link add vrf-$table type vrf table $table
		link set vrf-$table up
		addr add 10.0.$site.253/32 dev vrf-$table
		link set to-$tenant master vrf-$table up
		addr add 10.0.$site.254/24 dev to-$tenant
	EOF
	ip -n "$host" -batch - <<-EOF
		link set eth0 up
		addr add 10.0.$site.1/24 dev eth0
		route add default via 10.0.$site.254
	EOF
}

# setup_vpn EDGE_NS SITE PEER_SITE TABLE [ENCAP_MODE]: into the tunnel by seg6, out of it by End.DT4, or by SID_BEHAVIOUR.
setup_vpn()
{
	local edge=$1 site=$2 peer=$3 table=$4 mode=${5:-encap}

	ip -n "$edge" -batch - <<-EOF
		route add fc00:$site::$table/128 encap seg6local action $BEHAVIOUR vrftable $table count dev vrf-$table
		route add fc00:$peer::$table/128 via fd00::$peer dev core
		route add fc00:$peer::$table/128 vrf vrf-$table via fd00::$peer dev core
		route add 10.0.$peer.0/24 vrf vrf-$table encap seg6 mode $mode segs fc00:$peer::$table dev core
	EOF
}

# setup_ipv6 TENANT TABLE: both sites of a tenant have IPv6 as well, by a SID of End.DT6; one of End.DT46 is there, too.
setup_ipv6()
{
	local tenant=$1 table=$2 site peer edge host

	for site in 1 2; do
		peer=$((3 - site)) edge=pe$site host=h$site$tenant
		ip -n "${!edge}" -batch - <<-EOF
			addr add 2001:db8:$site::253/128 dev vrf-$table
			addr add 2001:db8:$site::254/64 dev to-$tenant nodad
			route add fc00:$site:6::$table/128 encap seg6local action End.DT6 vrftable $table count dev vrf-$table
			route add fc00:$site:46::$table/128 encap seg6local action End.DT46 vrftable $table count dev vrf-$table
			route add fc00:$peer:6::$table/128 via fd00::$peer dev core
			route add fc00:$peer:6::$table/128 vrf vrf-$table via fd00::$peer dev core
			route add fc00:$peer:46::$table/128 via fd00::$peer dev core
			route add 2001:db8:$peer::/64 vrf vrf-$table encap seg6 mode encap segs fc00:$peer:6::$table dev core
		EOF
		ip -n "${!host}" -batch - <<-EOF
			addr add 2001:db8:$site::1/64 dev eth0 nodad
			route add default via 2001:db8:$site::254
		EOF
	done
}

# lead_to EDGE_NS PREFIX TABLE SID: what the tenant sends there goes by that SID.
lead_to()
{
	ip -n "$1" route replace "$2" vrf "vrf-$3" encap seg6 mode encap segs "$4" dev core
}

# setup_tenant TENANT TABLE: both sites of a tenant, and the VPN between them.
setup_tenant()
{
	local tenant=$1 table=$2 h1=h1$1 h2=h2$1

	setup_ns "$h1" "$h2"
	setup_site "$pe1" "${!h1}" 1 "$tenant" "$table"
	setup_site "$pe2" "${!h2}" 2 "$tenant" "$table"
	setup_vpn "$pe1" 1 2 "$table"
	setup_vpn "$pe2" 2 1 "$table"
}

# setup_topology TENANT...
setup_topology()
{
	local tenant

	defer cleanup_all_ns
	setup_core || return
	for tenant; do
		case $tenant in
		a) setup_tenant a 100 ;;
		b) setup_tenant b 200 ;;
		esac || return
	done
}

# require_topology TENANT...: a test makes no sense on half a topology.
require_topology()
{
	setup_topology "$@" && ping_works "$h1a" 10.0.2.1 && return
	echo "the topology does not work: no answer from 10.0.2.1 to tenant a at site 1"
	exit "$ksft_fail"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The network of the demo: two tenants, two PEs, one core router, each in a network
# namespace of its own. Sourced by demo.sh.

readonly PREFIX=dt4demo-
readonly HOSTS=(red-west red-east blue-west blue-east)
readonly NAMESPACES=(pe1 core pe2 "${HOSTS[@]}")

# shellcheck disable=SC2034 # of demo.sh, too
readonly WEST=10.0.1.1 EAST=10.0.2.1 WEST6=fd10:1::1 EAST6=fd10:2::1
# shellcheck disable=SC2034
readonly PE2_GATEWAY=10.0.2.254
readonly -A TABLE=(["red"]=101 ["blue"]=102)
readonly ROUTER_SYSCTLS=(net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0)
readonly PE2_RED_SID=5f00:2::${TABLE[red]}
readonly BLUE_ONLY=10.0.9.9
readonly WRONG_PAYLOAD=2001:db8:bad::1

net_picture() {
	cat <<-'END'
	red-west  10.0.1.1, fd10:1::1 ─┐                                    ┌─ red-east  10.0.2.1, fd10:2::1
	                              pe1 ════════ core (IPv6 only) ════════ pe2
	blue-west 10.0.1.1, fd10:1::1 ─┘                                    └─ blue-east 10.0.2.1, fd10:2::1

	vrf-red,  table 101:  SIDs 5f00:1::101 and 5f00:1:6::101 on pe1, 5f00:2::101 and 5f00:2:6::101 on pe2 (End.DT4, End.DT6)
	vrf-blue, table 102:  SID 5f00:1::102 on pe1, 5f00:2::102 on pe2 (End.DT46)
	END
}

# in_ns NAMESPACE COMMAND...
in_ns() {
	local ns=$1
	shift
	ip netns exec "$PREFIX$ns" "$@"
}

# ip_in NAMESPACE: runs the ip commands on stdin in it.
ip_in() { ip -n "$PREFIX$1" -batch -; }

net_remove() {
	local ns
	for ns in "${NAMESPACES[@]}"; do
		[ ! -e "/run/netns/$PREFIX$ns" ] || ip netns del "$PREFIX$ns"
	done
}

net_build() {
	local tenant
	{
		printf "netns add $PREFIX%s\n" "${NAMESPACES[@]}"
		veth pe1 to-core core to-pe1
		veth pe2 to-core core to-pe2
		veth pe1 to-red red-west eth0
		veth pe1 to-blue blue-west eth0
		veth pe2 to-red red-east eth0
		veth pe2 to-blue blue-east eth0
	} | ip -batch -

	core_build
	pe_build 1 2
	pe_build 2 1
	for tenant in red blue; do
		host_build $tenant-west 1
		host_build $tenant-east 2
	done
	tenants_differ
}

# veth NS DEVICE NS DEVICE
veth() { echo "link add $2 netns $PREFIX$1 type veth peer name $4 netns $PREFIX$3"; }

# The core forwards by the outer IPv6 header: it has no VRF, no SID, no address of a tenant.
core_build() {
	in_ns core sysctl -qw "${ROUTER_SYSCTLS[@]}"
	ip_in core <<-END
	link set lo up
	link set to-pe1 up
	link set to-pe2 up
	addr add 2001:db8:1::fe/64 dev to-pe1 nodad
	addr add 2001:db8:2::fe/64 dev to-pe2 nodad
	route add 5f00:1::/32 via 2001:db8:1::1
	route add 5f00:2::/32 via 2001:db8:2::1
	END
}

# pe_build NUMBER NUMBER_OF_THE_OTHER
pe_build() {
	local me=$1 other=$2 tenant

	ip_in "pe$me" <<-END
	link set lo up
	link set to-core up
	addr add 2001:db8:$me::1/64 dev to-core nodad
	route add 2001:db8::/32 via 2001:db8:$me::fe
	route add 5f00:$other::/32 via 2001:db8:$me::fe
	sr tunsrc set 2001:db8:$me::1
	link add vrf-red type vrf table ${TABLE[red]}
	link add vrf-blue type vrf table ${TABLE[blue]}
	END

	# One VRF per table: what "vrftable" asks for. Known once there is a VRF.
	in_ns "pe$me" sysctl -qw "${ROUTER_SYSCTLS[@]}" net.vrf.strict_mode=1

	# The VRF's table has no answer to SIDs: what is encapsulated is looked up there first.
	for tenant in red blue; do
		cat <<-END
		link set vrf-$tenant up
		link set to-$tenant master vrf-$tenant up
		addr add 10.0.$me.254/24 dev to-$tenant
		addr add fd10:$me::254/64 dev to-$tenant nodad
		route add unreachable 0.0.0.0/0 metric 4278198272 vrf vrf-$tenant
		route add throw 5f00::/16 vrf vrf-$tenant
		route add unreachable ::/0 metric 4278198272 vrf vrf-$tenant
		END
	done | ip_in "pe$me"

	# Red has a SID for each family, blue one for both.
	ip_in "pe$me" <<-END
	route add 10.0.$other.0/24 vrf vrf-red encap seg6 mode encap segs 5f00:$other::101 dev to-core
	route add fd10:$other::/64 vrf vrf-red encap seg6 mode encap segs 5f00:$other:6::101 dev to-core
	route add 5f00:$me::101 encap seg6local action End.DT4 vrftable 101 count dev vrf-red
	route add 5f00:$me:6::101 encap seg6local action End.DT6 vrftable 101 count dev vrf-red
	route add 10.0.$other.0/24 vrf vrf-blue encap seg6 mode encap segs 5f00:$other::102 dev to-core
	route add fd10:$other::/64 vrf vrf-blue encap seg6 mode encap segs 5f00:$other::102 dev to-core
	route add 5f00:$me::102 encap seg6local action End.DT46 vrftable 102 count dev vrf-blue
	END
}

# host_build HOST SITE
host_build() {
	ip_in "$1" <<-END
	link set lo up
	link set eth0 up
	addr add 10.0.$2.1/24 dev eth0
	addr add fd10:$2::1/64 dev eth0 nodad
	route add default via 10.0.$2.254
	route add default via fd10:$2::254
	END
}

# What tells the tenants apart. pe1 sends BLUE_ONLY into the tunnel for both; on pe2
# only vrf-blue knows it. And a packet that is not for red's End.DT4: IPv6 in the tunnel.
tenants_differ() {
	ip_in pe1 <<-END
	route add $BLUE_ONLY vrf vrf-red encap seg6 mode encap segs $PE2_RED_SID dev to-core
	route add $BLUE_ONLY vrf vrf-blue encap seg6 mode encap segs 5f00:2::${TABLE[blue]} dev to-core
	route add $WRONG_PAYLOAD encap seg6 mode encap segs $PE2_RED_SID dev to-core
	END
	ip_in pe2 <<<"route add $BLUE_ONLY vrf vrf-blue via $EAST"
	ip_in blue-east <<<"addr add $BLUE_ONLY/32 dev lo"
}

# The SIDs of a PE, as iproute2 shows them, without what is the same in all.
sid_routes() {
	ip -n "$PREFIX$1" -6 -s route show root 5f00::/16 |
		sed -n '/End\.DT/{s/encap seg6local action //; s/ metric .*//; s/  */ /g; p}'
}

sid_counts() {
	{ sid_routes pe1 && sid_routes pe2; } |
		sed -nE 's/.*(packets [0-9]+) .*(errors [0-9]+).*/\1 \2/p'
}

vrf_rx() { ip -n "$PREFIX$1" -s link show "$2" | awk '/RX:/ { getline; print $2 }'; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules, routes and addresses change that lead to the SID: the very next packet goes as these say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="rules routes prefix without_generation dead_link nexthop_objects core_port"

# As setup_vpn has made it.
readonly ROUTE="$SID_A encap seg6local action $BEHAVIOUR vrftable 100 count dev vrf-100"

# Of the outer packet: from fd00::1 to the SID, by core.
rules()
{
	check_changes <<-EOF
		lost    | rule: to                      | ip -6 rule add pref 1 to $SID_A prohibit                 | ip -6 rule del pref 1
		lost    | rule: from                    | ip -6 rule add pref 1 from fd00::1 blackhole             | ip -6 rule del pref 1
		lost    | rule: iif                     | ip -6 rule add pref 1 iif core unreachable               | ip -6 rule del pref 1
		arrives | rule: oif                     | ip -6 rule add pref 1 oif core prohibit                  | ip -6 rule del pref 1
		lost    | rule: fwmark                  | ip -6 rule add pref 1 fwmark 0/1 prohibit                | ip -6 rule del pref 1
		lost    | rule: dscp                    | ip -6 rule add pref 1 dscp 0 prohibit                    | ip -6 rule del pref 1
		lost    | rule: uidrange                | ip -6 rule add pref 1 uidrange 0-0 prohibit              | ip -6 rule del pref 1
		arrives | rule: ports                   | ip -6 rule add pref 1 ipproto udp dport 53 prohibit      | ip -6 rule del pref 1
		lost    | rule: inverted                | ip -6 rule add pref 1 not from fd00:9::/32 prohibit      | ip -6 rule del pref 1
		arrives | rule: l3mdev                  | ip -6 rule add pref 1 l3mdev prohibit                    | ip -6 rule del pref 1
		arrives | rule: nop                     | ip -6 rule add pref 1 nop                                | ip -6 rule del pref 1
		lost    | rule: goto                    | ip -6 rule add pref 40000 prohibit; ip -6 rule add pref 1 goto 40000 | ip -6 rule del pref 1; ip -6 rule del pref 40000
		lost    | another table                 | ip -6 route add blackhole $SID_A table 150; ip -6 rule add pref 1 lookup 150 | ip -6 rule del pref 1; ip -6 route flush table 150
		arrives | another table, suppressed     | ip -6 route add $SID_A dev core table 150; ip -6 rule add pref 1 lookup 150 suppress_prefixlength 128 | ip -6 rule del pref 1; ip -6 route flush table 150
	EOF
}

routes()
{
	check_changes <<-EOF
		lost    | route: deleted                | ip -6 route del $SID_A                                   | ip -6 route add $ROUTE
		lost    | route: blackholed             | ip -6 route add blackhole $SID_A metric 1                | ip -6 route del blackhole $SID_A metric 1
		lost    | route: another behaviour      | ip -6 route add $SID_A encap seg6local action End dev vrf-100 metric 1 | ip -6 route del $SID_A metric 1
		lost    | route: replaced               | ip -6 route replace $SID_A dev core metric 1024          | ip -6 route replace $ROUTE metric 1024
		arrives | route: replaced by its like   | ip -6 route replace $ROUTE                               | true
		lost    | route: one for this source    | ip -6 route add $SID_A from fd00::/64 dev core           | ip -6 route del $SID_A from fd00::/64 dev core
		lost    | address: the SID, on lo       | ip -6 addr add $SID_A/128 dev lo nodad                   | ip -6 addr del $SID_A/128 dev lo
		arrives | address: another one          | ip -6 addr add fc00:2::7/128 dev lo nodad                | ip -6 addr del fc00:2::7/128 dev lo
		lost    | device: the VRF is down       | ip link set vrf-100 down                                 | ip link set vrf-100 up; ip -6 route add $ROUTE; ip route add 10.0.1.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:1::100 dev core; ip -6 route replace fc00:1::100/128 vrf vrf-100 via fd00::1 dev core
	EOF
}

# A SID of many addresses: each is remembered by itself.
prefix()
{
	local prefix="fc00:2::/64 encap seg6local action $BEHAVIOUR vrftable 100 count dev vrf-100"

	at_edge "ip -6 route add $prefix"
	check_changes <<-EOF
		arrives | prefix: the address is deleted | ip -6 route del $SID_A                                  | ip -6 route add $ROUTE
	EOF
	at_edge "ip -6 route del $SID_A"
	check_changes <<-EOF
		lost    | prefix: more specific         | ip -6 route add blackhole $SID_A                         | ip -6 route del blackhole $SID_A
		lost    | prefix: a longer one          | ip -6 route add blackhole fc00:2::/116                   | ip -6 route del blackhole fc00:2::/116
		arrives | prefix: a shorter one         | ip -6 route add blackhole fc00:2::/48                    | ip -6 route del blackhole fc00:2::/48
		arrives | prefix: another address       | ip -6 route add blackhole fc00:2::f00                    | ip -6 route del blackhole fc00:2::f00
		lost    | prefix: deleted               | ip -6 route del fc00:2::/64                              | ip -6 route add $prefix
	EOF
	at_edge "ip -6 route add $ROUTE; ip -6 route del fc00:2::/64"
}

# That a route goes is not counted by the kernel's generation of routes. One that held another back, then one that stands in
# front of nobody.
without_generation()
{
	at_edge "ip -6 route add blackhole fc00:2::/64 table 150; ip -6 route add throw $SID_A table 150
		ip -6 rule add pref 1 lookup 150"
	RET=0
	arrives
	check_err $? "a route that refers to the next table loses the packet"
	arrives
	at_edge "ip -6 route del throw $SID_A table 150"
	! arrives
	check_err $? "the packet after the route is gone that held another one back arrives"
	at_edge "ip -6 rule del pref 1; ip -6 route flush table 150"
	arrives
	check_err $? "the packet after it was undone is lost"
	log_test "A route goes that held another one back"
	check_changes <<-EOF
		arrives | a route goes that leads elsewhere | ip -6 route add fc00:2::9 dev core; ip -6 route del fc00:2::9 | true
	EOF
}

# Nor is this sysctl counted. A route over a dead link stands in front of the SID's, and is ignored, until it is not.
dead_link()
{
	local ignore=net.ipv6.conf.dead.ignore_routes_with_linkdown

	RET=0
	at_edge "ip link add dead type veth peer name dead-peer; ip link set dead up; sysctl -wq $ignore=1
		ip -6 route add $SID_A dev dead metric 1"
	arrives && arrives
	check_err $? "the route is not ignored"
	at_edge "sysctl -wq $ignore=0"
	! arrives
	check_err $? "the packet after it is not ignored any more arrives"
	at_edge "ip link del dead"
	arrives
	check_err $? "the packet after it was undone is lost"
	log_test "A dead link's route is not ignored any more"
}

# A port of an L3 master is routed by that one's table.
core_port()
{
	at_edge "ip link add astray up type vrf table 150; ip -6 route add unreachable default table 150"
	check_changes <<-EOF
		lost    | the core port has a master    | ip link set core master astray                           | ip link set core nomaster; ip -6 addr replace fd00::2/64 dev core nodad; ip -6 route replace fc00:1::100/128 via fd00::1 dev core; ip -6 route replace fc00:1::100/128 vrf vrf-100 via fd00::1 dev core; ip route replace 10.0.1.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:1::100 dev core
	EOF
	at_edge "ip link del astray"
}

nexthop_objects()
{
	local object="id 9 encap seg6local action $BEHAVIOUR vrftable 100 count dev vrf-100"

	at_edge "ip -6 nexthop add $object; ip -6 route del $SID_A; ip -6 route add $SID_A nhid 9"
	check_changes <<-EOF
		arrives | nexthop object: shared        | ip -6 route add fc00:2::9 nhid 9                         | ip -6 route del fc00:2::9
		lost    | nexthop object: replaced      | ip -6 nexthop replace id 9 encap seg6local action End dev vrf-100 | ip -6 nexthop replace $object
		lost    | nexthop object: deleted       | ip -6 nexthop del id 9                                   | ip -6 route add $ROUTE
	EOF
}

start_serving
require_topology a
start_echoes
run_tests

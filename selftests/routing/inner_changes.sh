#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules, routes, sysctls and devices of the tenant's VRF change: the very next packet goes as these say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="rules tables routes dead_link exception sysctls exempt devices"

# Of what the VRF has received: from 10.0.1.1 to 10.0.2.1, by vrf-100.
rules()
{
	check_changes <<-EOF
		lost    | rule: all                     | ip rule add pref 1 prohibit                              | ip rule del pref 1
		lost    | rule: from                    | ip rule add pref 1 from 10.0.1.0/24 prohibit             | ip rule del pref 1
		lost    | rule: to                      | ip rule add pref 1 to 10.0.2.1 unreachable               | ip rule del pref 1
		lost    | rule: iif                     | ip rule add pref 1 iif vrf-100 blackhole                 | ip rule del pref 1
		arrives | rule: oif                     | ip rule add pref 1 oif to-a prohibit                     | ip rule del pref 1
		lost    | rule: fwmark                  | ip rule add pref 1 fwmark 0/1 prohibit                   | ip rule del pref 1
		lost    | rule: dscp                    | ip rule add pref 1 dscp 0 prohibit                       | ip rule del pref 1
		lost    | rule: uidrange                | ip rule add pref 1 uidrange 0-0 prohibit                 | ip rule del pref 1
		arrives | rule: tun_id                  | ip rule add pref 1 tun_id 7 prohibit                     | ip rule del pref 1
		lost    | rule: ipproto                 | ip rule add pref 1 ipproto icmp prohibit                 | ip rule del pref 1
		arrives | rule: ports                   | ip rule add pref 1 ipproto udp dport 53 prohibit         | ip rule del pref 1
		lost    | rule: inverted                | ip rule add pref 1 not from 10.9.0.0/16 prohibit         | ip rule del pref 1
		lost    | rule: l3mdev                  | ip rule add pref 1 l3mdev prohibit                       | ip rule del pref 1
		arrives | rule: nop                     | ip rule add pref 1 nop                                   | ip rule del pref 1
		lost    | rule: goto                    | ip rule add pref 40000 prohibit; ip rule add pref 1 goto 40000 | ip rule del pref 1; ip rule del pref 40000
		arrives | rule: realms                  | ip rule add pref 1 from 10.0.1.0/24 lookup 100 realms 1/2 | ip rule del pref 1
		arrives | the local table after the VRF's | ip rule add pref 32765 table local; ip rule del pref 0 | ip rule add pref 0 table local; ip rule del pref 32765
	EOF
}

# Table 150 leads astray, to a next hop that others are routed by. Rules that are for other packets, and such as do not
# count what it has.
tables()
{
	local rule=(ip rule add pref 1)

	at_edge "ip link add astray up type dummy; ip nexthop add id 9 dev astray
		ip route add 10.0.2.0/24 nhid 9 table 150; ip route add 10.0.2.9 nhid 9 table 100"
	check_changes <<-EOF
		lost    | another table                 | ${rule[*]} lookup 150                                    | ip rule del pref 1
		arrives | suppress_prefixlength         | ${rule[*]} lookup 150 suppress_prefixlength 24           | ip rule del pref 1
		arrives | suppress_ifgroup              | ${rule[*]} lookup 150 suppress_ifgroup default           | ip rule del pref 1
		arrives | for others: from              | ${rule[*]} from 10.7.0.0/16 lookup 150                   | ip rule del pref 1
		arrives | for others: to                | ${rule[*]} to 10.7.0.0/16 lookup 150                     | ip rule del pref 1
		arrives | for others: iif               | ${rule[*]} iif core lookup 150                           | ip rule del pref 1
		arrives | for others: oif               | ${rule[*]} oif core lookup 150                           | ip rule del pref 1
		arrives | for others: fwmark            | ${rule[*]} fwmark 7 lookup 150                           | ip rule del pref 1
		arrives | for others: dscp              | ${rule[*]} dscp 7 lookup 150                             | ip rule del pref 1
		arrives | for others: uidrange          | ${rule[*]} uidrange 7-7 lookup 150                       | ip rule del pref 1
		arrives | for others: tun_id            | ${rule[*]} tun_id 7 lookup 150                           | ip rule del pref 1
		arrives | for others: ipproto           | ${rule[*]} ipproto udp lookup 150                        | ip rule del pref 1
		arrives | for others: sport             | ${rule[*]} sport 53 lookup 150                           | ip rule del pref 1
		arrives | for others: dport             | ${rule[*]} dport 53-99 lookup 150                        | ip rule del pref 1
		arrives | for others: inverted          | ${rule[*]} not from 10.0.0.0/8 lookup 150                | ip rule del pref 1
	EOF
	at_edge "ip link del astray"
}

routes()
{
	check_changes <<-EOF
		lost    | route: blackhole              | ip route add blackhole 10.0.2.1 table 100                | ip route del blackhole 10.0.2.1 table 100
		lost    | route: prohibit               | ip route add prohibit 10.0.2.1 table 100                 | ip route del prohibit 10.0.2.1 table 100
		lost    | route: throw                  | ip route add throw 10.0.2.1 table 100                    | ip route del throw 10.0.2.1 table 100
		lost    | route: more specific          | ip route add 10.0.2.1 dev core table 100                 | ip route del 10.0.2.1 dev core table 100
		lost    | route: encap                  | ip route add 10.0.2.1 encap seg6 mode encap segs fc00:9::1 dev core table 100 | ip route del 10.0.2.1 table 100
		lost    | route: for a DSCP             | ip route add 10.0.2.1 dsfield 0 dev core table 100       | ip route del 10.0.2.1 dev core table 100
		arrives | route: metrics                | ip route add 10.0.2.0/24 dev core metric 900 table 100   | ip route del 10.0.2.0/24 dev core metric 900 table 100
		arrives | route: onlink                 | ip route add 10.0.2.1 via 10.0.2.1 dev to-a onlink table 100 | ip route del 10.0.2.1 table 100
		arrives | route: multipath              | ip route add 10.0.2.1 table 100 nexthop dev to-a nexthop via 10.0.2.1 dev to-a onlink | ip route del 10.0.2.1 table 100
		arrives | route: nexthop object         | ip nexthop add id 7 dev to-a; ip route add 10.0.2.1 nhid 7 table 100 | ip nexthop del id 7
		lost    | route: nexthop object replaced | ip nexthop add id 7 dev to-a; ip route add 10.0.2.1 nhid 7 table 100; ip nexthop replace id 7 blackhole | ip nexthop del id 7
		arrives | route: nexthop group          | ip nexthop add id 7 dev to-a; ip nexthop add id 8 group 7; ip route add 10.0.2.1 nhid 8 table 100 | ip nexthop del id 8; ip nexthop del id 7
		lost    | the destination is the router's | ip addr add 10.0.2.1/32 dev vrf-100                    | ip addr del 10.0.2.1/32 dev vrf-100
		lost    | the source is the router's    | ip addr add 10.0.1.1/32 dev vrf-100                      | ip addr del 10.0.1.1/32 dev vrf-100
		lost    | no way back, loosely filtered | sysctl -wq net.ipv4.conf.vrf-100.rp_filter=2; ip route del 10.0.1.0/24 vrf vrf-100 | ip route add 10.0.1.0/24 vrf vrf-100 encap seg6 mode encap segs fc00:1::100 dev core; sysctl -wq net.ipv4.conf.vrf-100.rp_filter=0
		lost    | the source is blackholed, filtered | sysctl -wq net.ipv4.conf.vrf-100.rp_filter=2; ip route add blackhole 10.0.1.1 table 100 | ip route del blackhole 10.0.1.1 table 100; sysctl -wq net.ipv4.conf.vrf-100.rp_filter=0
	EOF
}

# A route that is not used while its link has no carrier.
dead_link()
{
	local ignore=net.ipv4.conf.dead.ignore_routes_with_linkdown

	at_edge "ip link add dead type veth peer name dead-peer; ip link set dead master vrf-100 up
		sysctl -wq $ignore=1; ip route add 10.0.2.1 dev dead table 100"
	check_changes <<-EOF
		lost    | ignore_routes_with_linkdown=0 | sysctl -wq $ignore=0                                     | sysctl -wq $ignore=1
	EOF
	at_edge "ip link del dead"
}

# fits OCTETS: whether an echo request with so many octets of data, which nobody may fragment, reaches the host. The
# sender knows nothing of what was too big before.
fits()
{
	ip -n "$h1a" route flush cache
	run_ping "$h1a" 10.0.2.1 -c 1 -M "do" -s "$1" >/dev/null
}

# The host says that its link is narrower than it looks, and the edge is to believe that of what it forwards, too.
exception()
{
	RET=0
	at_edge "sysctl -wq net.ipv4.ip_forward_use_pmtu=1"
	slowwait 60 all_direct
	check_err $? "not each way was found directly before"
	fits 1000
	check_err $? "a packet is too big before anybody says so"
	"$TEST_DIR/too_big.py" "$pe2" vrf-100 "$h2a" 10.0.2.1 700
	check_err $? "the host cannot say it"
	slowwait 5 has_exception
	check_err $? "the edge has not heard it: $(ip -n "$pe2" route get vrf vrf-100 10.0.2.1)"
	fits 1000
	check_fail $? "the packet after it"
	route_others
	fits 1000
	check_fail $? "the packet after others"
	fits 600
	check_err $? "a packet that fits"
	at_edge "ip link set to-a down; ip link set to-a up; sysctl -wq net.ipv4.ip_forward_use_pmtu=0"
	slowwait 20 fits 1000
	check_err $? "it was undone"
	log_test "A destination has an MTU of its own"
}

has_exception()
{
	ip -n "$pe2" route get vrf vrf-100 10.0.2.1 | grep -q 'mtu 700'
}

sysctls()
{
	local conf=net.ipv4.conf

	check_changes <<-EOF
		lost    | rp_filter=1 of the VRF        | sysctl -wq $conf.vrf-100.rp_filter=1                     | sysctl -wq $conf.vrf-100.rp_filter=0
		arrives | rp_filter=2 of the VRF        | sysctl -wq $conf.vrf-100.rp_filter=2                     | sysctl -wq $conf.vrf-100.rp_filter=0
		lost    | rp_filter=1 of all            | sysctl -wq $conf.all.rp_filter=1                         | sysctl -wq $conf.all.rp_filter=0
		lost    | rp_filter=2, no address       | sysctl -wq $conf.vrf-100.rp_filter=2; ip addr del 10.0.2.253/32 dev vrf-100 | ip addr add 10.0.2.253/32 dev vrf-100; sysctl -wq $conf.vrf-100.rp_filter=0
		lost    | forwarding=0                  | sysctl -wq $conf.vrf-100.forwarding=0                    | sysctl -wq $conf.vrf-100.forwarding=1
		arrives | accept_local=1                | sysctl -wq $conf.vrf-100.accept_local=1; ip addr add 10.0.1.1/32 dev vrf-100 | ip addr del 10.0.1.1/32 dev vrf-100; sysctl -wq $conf.vrf-100.accept_local=0
		arrives | src_valid_mark=1              | sysctl -wq $conf.vrf-100.src_valid_mark=1                | sysctl -wq $conf.vrf-100.src_valid_mark=0
		arrives | route_localnet=1              | sysctl -wq $conf.vrf-100.route_localnet=1                | sysctl -wq $conf.vrf-100.route_localnet=0
		arrives | disable_policy=1              | sysctl -wq $conf.vrf-100.disable_policy=1                | sysctl -wq $conf.vrf-100.disable_policy=0
	EOF
}

# What leaves by a port may be exempt from IPsec, which its route says, and a policy blocks it otherwise.
exempt()
{
	local exempt=net.ipv4.conf.to-a.disable_xfrm

	at_edge "sysctl -wq $exempt=1; ip xfrm policy add src 10.0.1.1 dst 10.0.2.1 dir out action block"
	check_changes <<-EOF
		lost    | disable_xfrm=0                | sysctl -wq $exempt=0                                     | sysctl -wq $exempt=1
	EOF
	at_edge "ip xfrm policy flush; sysctl -wq $exempt=0"
}

devices()
{
	check_changes <<-EOF
		arrives | device: renamed               | ip link set to-a name away                               | ip link set away name to-a
		lost    | device: down                  | ip link set to-a down                                    | ip link set to-a up
		arrives | device: leaves the VRF, main is asked | ip link set to-a nomaster                                | ip link set to-a master vrf-100
		lost    | device: no carrier            | ip -n $h2a link set eth0 down                            | ip -n $h2a link set eth0 up; ip -n $h2a route add default via 10.0.2.254
		lost    | device: deleted               | ip link del to-a                                         | ip link add eth0 netns $h2a type veth peer name to-a; ip link set to-a master vrf-100 up; ip addr add 10.0.2.254/24 dev to-a; ip -n $h2a link set eth0 up; ip -n $h2a addr add 10.0.2.1/24 dev eth0; ip -n $h2a route add default via 10.0.2.254
	EOF
}

start_serving
require_topology a
at_edge "sysctl -wq net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.vrf-100.rp_filter=0 net.ipv4.conf.to-a.rp_filter=0"
run_tests

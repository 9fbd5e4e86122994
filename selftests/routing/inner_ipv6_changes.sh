#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules, routes, sysctls and devices of the tenant's VRF change: the very next IPv6 packet goes as these say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
INNER=ipv6
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="rules routes others"

# Of what the VRF has received: from 2001:db8:1::1 to 2001:db8:2::1, by vrf-100.
rules()
{
	local rule=(ip -6 rule add pref 1) undo="ip -6 rule del pref 1"

	at_edge "ip link add astray up type dummy; ip -6 route add 2001:db8:2::/64 dev astray table 150"
	check_changes <<-EOF
		lost    | rule: from                    | ${rule[*]} from 2001:db8:1::/64 prohibit                 | $undo
		lost    | rule: to                      | ${rule[*]} to 2001:db8:2::1 unreachable                  | $undo
		lost    | rule: iif                     | ${rule[*]} iif vrf-100 blackhole                         | $undo
		arrives | rule: oif                     | ${rule[*]} oif to-a prohibit                             | $undo
		lost    | rule: fwmark                  | ${rule[*]} iif vrf-100 fwmark 0/1 prohibit               | $undo
		lost    | rule: dscp                    | ${rule[*]} iif vrf-100 dscp 0 prohibit                   | $undo
		lost    | rule: ipproto                 | ${rule[*]} ipproto ipv6-icmp to 2001:db8:2::1 prohibit   | $undo
		arrives | rule: ports                   | ${rule[*]} ipproto udp dport 53 prohibit                 | $undo
		lost    | rule: l3mdev                  | ${rule[*]} l3mdev prohibit                               | $undo
		lost    | another table                 | ${rule[*]} lookup 150                                    | $undo
		arrives | suppress_prefixlength         | ${rule[*]} lookup 150 suppress_prefixlength 64           | $undo
		arrives | for others: to                | ${rule[*]} to 2001:db8:7::/64 lookup 150                 | $undo
		arrives | for others: iif               | ${rule[*]} iif core lookup 150                           | $undo
		arrives | the local table after the VRF's | ip -6 rule add pref 32765 table local; ip -6 rule del pref 0 | ip -6 rule add pref 0 table local; ip -6 rule del pref 32765
	EOF
	at_edge "ip link del astray"
}

routes()
{
	local route="ip -6 route add 2001:db8:2::1" undo="ip -6 route del 2001:db8:2::1 table 100"

	# Of next hops that are devices there can be but one.
	ip -n "$h2a" addr add 2001:db8:2::2/64 dev eth0 nodad
	check_changes <<-EOF
		lost    | route: blackhole              | ip -6 route add blackhole 2001:db8:2::1 table 100        | ip -6 route del blackhole 2001:db8:2::1 table 100
		lost    | route: prohibit               | ip -6 route add prohibit 2001:db8:2::1 table 100         | ip -6 route del prohibit 2001:db8:2::1 table 100
		lost    | route: throw                  | ip -6 route add throw 2001:db8:2::1 table 100            | ip -6 route del throw 2001:db8:2::1 table 100
		lost    | route: more specific          | $route dev core table 100                                | $undo
		lost    | route: encap                  | $route encap seg6 mode encap segs fc00:9::1 dev core table 100 | $undo
		lost    | route: better metric          | ip -6 route add 2001:db8:2::/64 dev core metric 1 table 100 | ip -6 route del 2001:db8:2::/64 dev core metric 1 table 100
		arrives | route: worse metric           | ip -6 route add 2001:db8:2::/64 dev core metric 900 table 100 | ip -6 route del 2001:db8:2::/64 dev core metric 900 table 100
		arrives | route: multipath              | $route table 100 nexthop via 2001:db8:2::1 dev to-a nexthop via 2001:db8:2::2 dev to-a | $undo
		arrives | route: for a limited time     | $route dev to-a expires 600 table 100                    | $undo
		arrives | route: nexthop object         | ip -6 nexthop add id 7 dev to-a; $route nhid 7 table 100 | ip nexthop del id 7
		lost    | route: nexthop object replaced | ip -6 nexthop add id 7 dev to-a; $route nhid 7 table 100; ip -6 nexthop replace id 7 blackhole | ip nexthop del id 7
		arrives | route: nexthop group          | ip -6 nexthop add id 7 dev to-a; ip nexthop add id 8 group 7; $route nhid 8 table 100 | ip nexthop del id 8; ip nexthop del id 7
		lost    | route: for this source        | $route from 2001:db8:1::/64 dev core table 100           | ip -6 route del 2001:db8:2::1 from 2001:db8:1::/64 table 100
		lost    | the destination is the router's | ip addr add 2001:db8:2::1/128 dev vrf-100 nodad        | ip addr del 2001:db8:2::1/128 dev vrf-100
	EOF
}

others()
{
	check_changes <<-EOF
		lost    | forwarding=0                  | sysctl -wq net.ipv6.conf.all.forwarding=0                | sysctl -wq net.ipv6.conf.all.forwarding=1
		arrives | disable_policy=1              | sysctl -wq net.ipv6.conf.all.disable_policy=1            | sysctl -wq net.ipv6.conf.all.disable_policy=0
		lost    | device: down                  | ip link set to-a down                                    | ip link set to-a up; ip addr replace 2001:db8:2::254/64 dev to-a nodad
	EOF
}

start_serving
require_topology a
setup_ipv6 a 100 || exit
start_echoes
run_tests

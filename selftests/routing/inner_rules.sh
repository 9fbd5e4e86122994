#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules for the tenant's VRF change: the very next packet goes as these say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="rules tables"

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

start_serving
require_topology a
at_edge "sysctl -wq net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.vrf-100.rp_filter=0 net.ipv4.conf.to-a.rp_filter=0"
start_echoes
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routes, sysctls and devices of the tenant's VRF change: the very next packet goes as these say.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/changes.sh"

ALL_TESTS="routes dead_link exception sysctls exempt devices"

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
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way was found directly before"
	fits 1000
	check_err $? "a packet is too big before anybody says so"
	"$TEST_DIR/too_big.py" "$pe2" vrf-100 "$h2a" 10.0.2.1 700
	check_err $? "the host cannot say it"
	slowwait "$PATIENCE" has_exception
	check_err $? "the edge has not heard it: $(ip -n "$pe2" route get vrf vrf-100 10.0.2.1)"
	fits 1000
	check_fail $? "the packet after it"
	route_others
	fits 1000
	check_fail $? "the packet after others"
	fits 600
	check_err $? "a packet that fits"
	at_edge "ip link set to-a down; ip link set to-a up; sysctl -wq net.ipv4.ip_forward_use_pmtu=0"
	slowwait "$PATIENCE" fits 1000
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

# The kernel takes a port whose carrier comes back into use a little later, of itself. Whom it has asked for in vain it asks
# for again only after a second.
devices()
{
	# shellcheck disable=SC2016 # What it has to say is asked there.
	local in_use='until [[ $(ip link show dev to-a) == *"state UP"* ]]; do sleep 0.1; done; ip neigh flush dev to-a'

	check_changes <<-EOF
		arrives | device: renamed               | ip link set to-a name away                               | ip link set away name to-a
		lost    | device: down                  | ip link set to-a down                                    | ip link set to-a up
		arrives | device: leaves the VRF, main is asked | ip link set to-a nomaster                                | ip link set to-a master vrf-100
		lost    | device: no carrier            | ip -n $h2a link set eth0 down                            | ip -n $h2a link set eth0 up; ip -n $h2a route add default via 10.0.2.254; $in_use
		lost    | device: deleted               | ip link del to-a                                         | ip link add eth0 netns $h2a type veth peer name to-a; ip link set to-a master vrf-100 up; ip addr add 10.0.2.254/24 dev to-a; ip -n $h2a link set eth0 up; ip -n $h2a addr add 10.0.2.1/24 dev eth0; ip -n $h2a route add default via 10.0.2.254; $in_use
	EOF
}

start_serving
require_topology a
at_edge "sysctl -wq net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.vrf-100.rp_filter=0 net.ipv4.conf.to-a.rp_filter=0"
start_echoes
run_tests

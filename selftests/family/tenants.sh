#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two tenants with the same addresses of both families: IPv6 by End.DT6, and both by End.DT46.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="end_dt6 end_dt46 tenants_apart tap netfilter wrong_family no_route vrf_gone"

echo_requests_ipv6()
{
	nstat_counter "$1" Icmp6InEchos
}

# counts_three SID DESTINATION: three echo requests that are answered are packets of the SID.
counts_three()
{
	local before

	before=$(sid_counter "$pe2" "$1" packets)
	run_ping "$h1a" "$2" -c 3 -i 0.2 >/dev/null
	check_err $? "no answer from $2 by $1"
	expect_equal 3 "$(($(sid_counter "$pe2" "$1" packets) - before))" "packets of $1"
	expect_equal 0 "$(sid_counter "$pe2" "$1" errors)" "errors of $1"
}

end_dt6()
{
	RET=0
	counts_three "$SID_A_DT6" 2001:db8:2::1
	# The router's own address in the VRF.
	counts_three "$SID_A_DT6" 2001:db8:2::253
	log_test "End.DT6: to a host, and to the router"
}

end_dt46()
{
	RET=0
	lead_to "$pe1" 2001:db8:2::/64 100 "$SID_A_DT46"
	lead_to "$pe1" 10.0.2.0/24 100 "$SID_A_DT46"
	counts_three "$SID_A_DT46" 2001:db8:2::1
	counts_three "$SID_A_DT46" 10.0.2.1
	lead_to "$pe1" 2001:db8:2::/64 100 "$SID_A_DT6"
	lead_to "$pe1" 10.0.2.0/24 100 "$SID_A"
	log_test "End.DT46: both families by one SID"
}

tenants_apart()
{
	local a b

	RET=0
	a=$(echo_requests_ipv6 "$h2a") b=$(echo_requests_ipv6 "$h2b")
	ping_works "$h1a" 2001:db8:2::1 && ping_works "$h1b" 2001:db8:2::1
	check_err $? "no answer"
	((a < $(echo_requests_ipv6 "$h2a") && b < $(echo_requests_ipv6 "$h2b")))
	check_err $? "not each tenant's own host"
	a=$(echo_requests_ipv6 "$h2a") b=$(echo_requests_ipv6 "$h2b")
	run_ping "$h1a" 2001:db8:2::1 -c 3 -i 0.2 >/dev/null
	expect_equal "3 0" "$(($(echo_requests_ipv6 "$h2a") - a)) $(($(echo_requests_ipv6 "$h2b") - b))" "echo requests at a's host, and at b's"
	log_test "Each tenant reaches its own host only"
}

# The inner packet is seen on the VRF device, and counted there.
tap()
{
	local before seen

	RET=0
	before=$(rx_packets "$pe2" vrf-100)
	seen=$(mktemp)
	defer rm -f "$seen"
	ip netns exec "$pe2" tcpdump -nlU -c 2 -i vrf-100 "icmp6 and ip6[40] == 128" >"$seen" 2>/dev/null &
	slowwait "$PATIENCE" ip netns exec "$pe2" grep -q . /proc/net/packet
	run_ping "$h1a" 2001:db8:2::1 -c 2 -i 0.2 >/dev/null
	slowwait "$PATIENCE" test -s "$seen"
	kill %% 2>/dev/null
	wait 2>/dev/null
	grep -q "2001:db8:1::1 > 2001:db8:2::1" "$seen"
	check_err $? "tcpdump has seen: $(<"$seen")"
	(($(rx_packets "$pe2" vrf-100) >= before + 2))
	check_err $? "the VRF has not counted them"
	log_test "Taps and statistics of the VRF"
}

netfilter()
{
	RET=0
	ip netns exec "$pe2" nft -f - <<-EOF
		table ip6 t {
			chain c {
				type filter hook prerouting priority 0
				iif vrf-100 icmpv6 type echo-request counter drop
			}
		}
	EOF
	run_ping "$h1a" 2001:db8:2::1 -c 2 -i 0.2 -W 1 >/dev/null
	check_fail $? "an answer in spite of the rule"
	ip netns exec "$pe2" nft list table ip6 t | grep -q "packets 2 "
	check_err $? "the rule has not seen them"
	ip netns exec "$pe2" nft delete table ip6 t
	ping_works "$h1a" 2001:db8:2::1
	check_err $? "no answer without the rule"
	log_test "Netfilter on the VRF"
}

# A SID takes what it is for.
wrong_family()
{
	local errors

	RET=0
	lead_to "$pe1" 2001:db8:2::/64 100 "$SID_A"
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	run_ping "$h1a" 2001:db8:2::1 -c 2 -i 0.2 -W 1 >/dev/null
	check_fail $? "IPv6 by End.DT4"
	expect_equal 2 "$(($(sid_counter "$pe2" "$SID_A" errors) - errors))" "errors of End.DT4"
	lead_to "$pe1" 2001:db8:2::/64 100 "$SID_A_DT6"
	lead_to "$pe1" 10.0.2.0/24 100 "$SID_A_DT6"
	errors=$(sid_counter "$pe2" "$SID_A_DT6" errors)
	run_ping "$h1a" 10.0.2.1 -c 2 -i 0.2 -W 1 >/dev/null
	check_fail $? "IPv4 by End.DT6"
	expect_equal 2 "$(($(sid_counter "$pe2" "$SID_A_DT6" errors) - errors))" "errors of End.DT6"
	lead_to "$pe1" 10.0.2.0/24 100 "$SID_A"
	log_test "The other family is refused"
}

# Who is told: the tenant's host, from his own VRF.
no_route()
{
	local said before

	served_by rust || return 0
	RET=0
	ip -n "$pe1" route add 2001:db8:77::/64 vrf vrf-100 encap seg6 mode encap segs "$SID_A_DT6" dev core
	ip -n "$pe2" -6 route add unreachable default metric 4278198272 table 100
	before=$(drops_of refused_by_route)
	said=$(run_ping "$h1a" 2001:db8:77::1 -c 1 -W 2)
	grep -q "Destination unreachable" <<<"$said"
	check_err $? "ping says: $said"
	expect_equal 1 "$(($(drops_of refused_by_route) - before))" "refused_by_route"
	ip -n "$pe2" -6 route del unreachable default metric 4278198272 table 100
	ip netns exec "$pe2" sysctl -wq net.ipv6.conf.all.forwarding=0
	before=$(drops_of not_forwarding)
	run_ping "$h1a" 2001:db8:2::1 -c 1 -W 1 >/dev/null
	check_fail $? "an answer from beyond a router that does not forward"
	ip netns exec "$pe2" sysctl -wq net.ipv6.conf.all.forwarding=1
	expect_equal 1 "$(($(drops_of not_forwarding) - before))" "not_forwarding"
	log_test "No route, and no forwarding"
}

# The VRF comes again: its SIDs work again, whatever the family.
vrf_gone()
{
	served_by rust || return 0
	RET=0
	ip -n "$pe2" -6 route replace "$SID_A_DT6" encap seg6local action End.DT6 vrftable 100 count dev core
	ip -n "$pe2" -6 route replace "$SID_A_DT46" encap seg6local action End.DT46 vrftable 100 count dev core
	ip -n "$pe2" link del vrf-100
	run_ping "$h1a" 2001:db8:2::1 -c 1 -W 1 >/dev/null
	check_fail $? "an answer without a VRF"
	ip -n "$pe2" -batch - <<-EOF
		link add vrf-100 type vrf table 100
		link set vrf-100 up
		link set to-a master vrf-100
	EOF
	ip -n "$pe2" addr replace 2001:db8:2::254/64 dev to-a nodad
	ip -n "$pe2" -6 route replace 2001:db8:1::/64 vrf vrf-100 encap seg6 mode encap segs fc00:1:6::100 dev core
	ping_works "$h1a" 2001:db8:2::1
	check_err $? "End.DT6: no answer in a VRF that has come again"
	lead_to "$pe1" 2001:db8:2::/64 100 "$SID_A_DT46"
	ping_works "$h1a" 2001:db8:2::1
	check_err $? "End.DT46: no answer in a VRF that has come again"
	log_test "The VRF is deleted and created again"
}

start_serving
require_topology a b
setup_ipv6 a 100 && setup_ipv6 b 200 || exit
run_tests

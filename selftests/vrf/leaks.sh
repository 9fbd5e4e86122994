#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Linux asks the table "local" before the VRF's, and "main" after it: a tenant's packet that the VRF's table has no
# answer to leaves the VRF. The README says how an operator closes that; here both ways are seen to.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="open unreachable_default local_rule_moved default_route l3mdev_rule"

# Of the default VRF at site 2: a host that only "main" leads to, and an address of the edge that only "local" has.
readonly OUTSIDE=198.51.100.1 EDGE=203.0.113.2

setup_default_vrf()
{
	setup_ns outside || return
	# Each refusal is to be answered. The second limit is that of ip_error(), one a second: it is that of all namespaces.
	ip netns exec "$pe2" sysctl -wq net.ipv4.icmp_ratelimit=0
	defer sysctl -wq net.ipv4.route.error_cost="$(sysctl -n net.ipv4.route.error_cost)"
	sysctl -wq net.ipv4.route.error_cost=0
	ip link add eth0 netns "$outside" type veth peer name to-outside netns "$pe2"
	ip -n "$pe2" -batch - <<-EOF
		link set to-outside up
		addr add 198.51.100.254/24 dev to-outside
		addr add $EDGE/32 dev lo
	EOF
	ip -n "$outside" -batch - <<-EOF
		link set eth0 up
		addr add $OUTSIDE/24 dev eth0
		route add default via 198.51.100.254
	EOF
	ip -n "$pe1" route add "$OUTSIDE" vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core &&
		ip -n "$pe1" route add "$EDGE" vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core &&
		ping_works "$outside" "$EDGE"
}

# expect_leak DESTINATION: what the tenant sends there arrives.
expect_leak()
{
	local at=$outside before

	[[ $1 == "$OUTSIDE" ]] || at=$pe2
	before=$(echo_requests "$at")
	run_ping "$h1a" "$1" -W 0.5 >/dev/null
	expect_equal 3 $(($(echo_requests "$at") - before)) "echo requests that leave the VRF for $1"
}

# expect_refusal DESTINATION Net|Host CAUSE: nothing arrives there, the tenant is told, and the module counts it.
expect_refusal()
{
	local at=$outside before drops errors answer

	[[ $1 == "$OUTSIDE" ]] || at=$pe2
	before=$(echo_requests "$at")
	drops=$(served_by c || drops_of "$3")
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	answer=$(run_ping "$h1a" "$1" -W 1)
	check_fail $? "an answer from $1"
	expect_equal 0 $(($(echo_requests "$at") - before)) "echo requests that leave the VRF for $1"
	grep -Eq "From 10\.0\.2\.25[34] .*Destination $2 Unreachable" <<<"$answer"
	check_err $? "want Destination $2 Unreachable from the edge at site 2: $answer"
	served_by c && return
	expect_equal 3 $(($(drops_of "$3") - drops)) "drops for $1, $3"
	expect_equal 3 $(($(sid_counter "$pe2" "$SID_A" errors) - errors)) "errors of the SID for $1"
}

# Nothing that ought to work is lost: the VRF's host, its own addresses, and those of the default VRF from there.
expect_others_work()
{
	local address

	for address in 10.0.2.1 10.0.2.253 10.0.2.254; do
		ping_works "$h1a" "$address"
		check_err $? "no answer to the tenant from $address"
	done
	ping_works "$outside" "$EDGE"
	check_err $? "no answer from the edge in the default VRF"
}

open()
{
	RET=0
	expect_leak "$OUTSIDE"
	expect_leak "$EDGE"
	expect_others_work
	log_test "As Linux does: on to main, and to local before"
}

unreachable_default()
{
	RET=0
	ip -n "$pe2" route add table 100 unreachable default metric 4278198272
	check_err $? "the route is refused"
	expect_refusal "$OUTSIDE" Host refused_by_route
	expect_leak "$EDGE"
	log_test "Unreachable default route: closes main, not local"
}

local_rule_moved()
{
	RET=0
	ip -n "$pe2" rule add pref 32765 table local && ip -n "$pe2" rule del pref 0
	check_err $? "the rule is refused"
	expect_refusal "$OUTSIDE" Host refused_by_route
	expect_refusal "$EDGE" Host refused_by_route
	expect_others_work
	log_test "Table local asked after the VRF's: nothing leaks"
}

# The metric is above that of any other route.
default_route()
{
	RET=0
	ip -n "$h2a" addr add "$OUTSIDE/32" dev eth0
	ip -n "$pe2" route add default vrf vrf-100 via 10.0.2.1
	ping_works "$h1a" "$OUTSIDE"
	check_err $? "no answer by the tenant's own default route"
	ip -n "$pe2" route del default vrf vrf-100 via 10.0.2.1
	expect_refusal "$OUTSIDE" Host refused_by_route
	log_test "The tenant's own default route comes first"
}

l3mdev_rule()
{
	RET=0
	ip -n "$pe2" route del table 100 unreachable default metric 4278198272
	expect_leak "$OUTSIDE"
	ip -n "$pe2" rule add pref 2000 l3mdev unreachable
	check_err $? "the rule is refused"
	expect_refusal "$OUTSIDE" Net no_route
	expect_refusal "$EDGE" Net no_route
	expect_others_work
	log_test "Instead of the route, a rule for all VRFs: nothing leaks"
}

start_serving
require_topology a
setup_default_vrf || exit
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VRF's reverse path filter looks at the source address of the inner packet, as of one that the VRF has received.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="off loose loose_and_main strict"
readonly STRANGER=203.0.113.9

rp_filter()
{
	ip netns exec "$pe2" sysctl -wq net.ipv4.conf.vrf-100.rp_filter="$1"
}

# stranger_arrives: an echo request of an address to which the VRF at site 2 has no route, so that there is no answer.
stranger_arrives()
{
	local before

	before=$(echo_requests "$h2a")
	run_ping "$h1a" 10.0.2.1 -I "$STRANGER" -c 1 -W 1 >/dev/null
	(($(echo_requests "$h2a") > before))
}

off()
{
	RET=0
	rp_filter 0
	stranger_arrives
	check_err $? "the stranger's packet is lost"
	log_test "No filter: any source address"
}

loose()
{
	local before

	RET=0
	rp_filter 2
	before=$(served_by c || drops_of rp_filter)
	! stranger_arrives
	check_err $? "the stranger's packet arrives"
	served_by c || expect_equal $((before + 1)) "$(drops_of rp_filter)" "drops counted"
	ping_works "$h1a" 10.0.2.1
	check_err $? "a packet of the other site is lost"
	log_test "Loose: the VRF has a route to it"
}

# The VRF's table has no route to the stranger, but main is asked after it, unless the operator has closed that.
loose_and_main()
{
	RET=0
	rp_filter 2
	ip -n "$pe2" route add default dev core
	defer ip -n "$pe2" route del default dev core
	stranger_arrives
	check_err $? "the stranger's packet is lost"
	ip -n "$pe2" rule add pref 2000 l3mdev unreachable
	defer ip -n "$pe2" rule del pref 2000
	! stranger_arrives
	check_err $? "the stranger's packet arrives although main is closed"
	ping_works "$h1a" 10.0.2.1
	check_err $? "a packet of the other site is lost"
	log_test "Loose: a default route in main is one, unless main is closed to the VRF"
}

# The way back leads into a tunnel, out of a device that is not of the VRF.
strict()
{
	RET=0
	rp_filter 1
	! ping_works "$h1a" 10.0.2.1
	check_err $? "a packet of the other site arrives"
	rp_filter 0
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer afterwards"
	log_test "Strict: it leads to the device that the packet came from"
}

start_serving
require_topology a
ip -n "$h1a" address add "$STRANGER/32" dev eth0
run_tests

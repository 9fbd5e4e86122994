#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the VRF itself answers to packets out of the tunnel: to its own addresses, and by ICMP errors.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="local_delivery time_exceeded fragmentation_needed unreachable"

local_delivery()
{
	local address

	RET=0
	for address in 10.0.2.253 10.0.2.254; do
		ping_works "$h1a" "$address"
		check_err $? "no answer from $address"
	done
	log_test "Delivery to the VRF's own addresses"
}

# answers PATTERN PING_ARGUMENT...: ping says so.
answers()
{
	local pattern=$1
	shift

	run_ping "$h1a" "$@" -c 1 | grep -Eq "$pattern"
}

# Entering the tunnel does not take from the TTL, leaving it does.
time_exceeded()
{
	RET=0
	answers 'From 10\.0\.2\.25[34] .*Time to live exceeded' 10.0.2.1 -t 1
	check_err $? "no time exceeded from the edge at site 2"
	answers 'bytes from 10\.0\.2\.1' 10.0.2.1 -t 2
	check_err $? "no answer with the TTL that it takes"
	log_test "Time exceeded"
}

fragmentation_needed()
{
	RET=0
	ip -n "$pe2" link set to-a mtu 1300
	defer ip -n "$pe2" link set to-a mtu 1500
	answers 'From 10\.0\.2\.25[34] .*Frag needed and DF set \(mtu = 1300\)' 10.0.2.1 -M "do" -s 1400
	check_err $? "no fragmentation needed from the edge at site 2"
	log_test "Fragmentation needed"
}

unreachable()
{
	RET=0
	ip -n "$pe1" route add 10.9.0.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core
	defer ip -n "$pe1" route del 10.9.0.0/24 vrf vrf-100
	answers 'From 10\.0\.2\.25[34] .*Destination (Net|Host) Unreachable' 10.9.0.1
	check_err $? "no destination unreachable from the edge at site 2"
	log_test "Destination unreachable"
}

start_serving
require_topology a
run_tests

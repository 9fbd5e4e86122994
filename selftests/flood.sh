#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floods of malformed packets of every class, from spoofed sources: each is dropped for its cause, the tenant sees none,
# and the edge does not become an amplifier.

source "$(dirname "$(readlink -f "$0")")/lib.sh"
source "$SELFTESTS_DIR/wire.sh"

CASES=flood.py

tenant_works()
{
	RET=0
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer to the tenant after the floods"
	log_test "The tenant's traffic afterwards"
}

limit_rates()
{
	ip netns exec "$pe2" sysctl -wq net.ipv6.icmp.ratemask=0-1,3-127 net.ipv6.icmp.ratelimit=1000 \
		net.ipv4.icmp_msgs_per_sec=20 net.ipv4.icmp_msgs_burst=10
}

start_with_builtin
limit_rates && ip -n "$pe2" -6 route add 2001:db8::/32 via fd00::1 dev core || exit
ALL_TESTS=with_builtin
tests_run
continue_with_module
ALL_TESTS="with_module tenant_works"
run_tests

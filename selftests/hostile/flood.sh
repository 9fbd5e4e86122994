#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floods of malformed packets of every class, from spoofed sources: each is dropped for its cause, the tenant sees none,
# nothing is kept of them, and the edge does not become an amplifier.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"
source "$SELFTESTS_DIR/lib/memory.sh"

CASES=flood.py
# Packets, and routes of both families.
CACHES=(skbuff_head_cache skbuff_small_head rtable ip6_dst_cache)

# Of each class there are 1000 packets.
with_module()
{
	local before grown

	settle "${CACHES[@]}"
	before=$(objects_of "${CACHES[@]}")
	judge module "$CASES"
	RET=0
	stat "${CACHES[@]/#//sys/kernel/slab/}" >/dev/null
	check_err $? "the kernel has other caches"
	settle "${CACHES[@]}"
	grown=$(($(objects_of "${CACHES[@]}") - before))
	((grown < 500))
	check_err $? "$grown objects of ${CACHES[*]} more than before"
	log_test "module: nothing is kept of them ($grown objects more)"
}

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

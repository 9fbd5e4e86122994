#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tenants with the same addresses are isolated from each other.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="tenant_a tenant_b wrong_sid_reaches_the_other"

# Echo requests at h2a and h2b, before and after pings from a host of one tenant.
tenant_a()
{
	local a b

	RET=0
	read -r a b < <(echo_counts)
	expect_own_host a "$a" "$b"
	log_test "Tenant a reaches its own host only"
}

tenant_b()
{
	local a b

	RET=0
	read -r a b < <(echo_counts)
	expect_own_host b "$a" "$b"
	log_test "Tenant b reaches its own host only"
}

# The SID alone decides: with tenant b's, tenant a's packets come out at h2b, and its answers go to h1b.
wrong_sid_reaches_the_other()
{
	local a b

	RET=0
	read -r a b < <(echo_counts)
	ip -n "$pe1" -6 route add "$SID_B" vrf vrf-100 via fd00::2 dev core
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_B" dev core
	run_ping "$h1a" 10.0.2.1 -W 0.5 >/dev/null
	check_fail $? "an answer to tenant a from tenant b's host"
	expect_equal "$a $((b + 3))" "$(echo_counts)" "echo requests at h2a, h2b"
	log_test "The SID alone chooses the tenant"
}

start_serving
require_topology a b
run_tests

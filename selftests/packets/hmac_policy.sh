#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The sysctl seg6_require_hmac: -1 looks at no HMAC, 0 checks those that are there, 1 demands a valid one, for the
# destination. The built-in code demands it only where there is an SRH, looks for it behind the IPv6 header whatever is
# there, and takes one for any destination.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

# NEXT-CSID: a combined entry for node and function, and one for the function.
add_compressed_sids()
{
	local sid

	for sid in fcbb:bb00:2:f100::/64 fcbb:bb00:f100::/48; do
		ip -n "$pe2" -6 route replace "$sid" encap seg6local action End.DT4 vrftable 100 dev vrf-100
	done
}

judge_policies()
{
	local policy

	for policy in -1 0 1; do
		ip netns exec "$pe2" sysctl -wq net.ipv6.conf.core.seg6_require_hmac="$policy"
		judge "$1" hmac_policy.py "$policy"
	done
}

with_builtin()
{
	set_hmac_key "$pe1"
	set_hmac_key "$pe2"
	add_compressed_sids
	judge_policies builtin
}

with_audit()
{
	judge_policies audit
}

with_module()
{
	judge_policies module
}

# With "hmac", seg6 signs what it encapsulates.
made_by_the_kernel()
{
	RET=0
	ip netns exec "$pe2" sysctl -wq net.ipv6.conf.core.seg6_require_hmac=1
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" hmac 7 dev core
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic with an HMAC by the kernel"
	ip -n "$pe1" route replace 10.0.2.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer without an HMAC"
	log_test "HMAC made by the kernel's own encapsulation"
}

[[ -e /proc/sys/net/ipv6/conf/all/seg6_require_hmac ]] ||
	skip_all "the kernel has no HMAC for segment routing"
run_with_both made_by_the_kernel

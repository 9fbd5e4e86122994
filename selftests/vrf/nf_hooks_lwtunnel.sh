#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# net.netfilter.nf_hooks_lwtunnel=1: the outer packet passes netfilter's INPUT before the SID takes it. The kernel
# does not let it be switched off again.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="outer_packet_passes_input drop_in_input"

remove_rules()
{
	ip netns exec "$pe2" nft delete table ip6 selftest
}

# input_rule VERDICT: for packets to the SID that come in by the core.
input_rule()
{
	ip netns exec "$pe2" nft -f - <<-EOF
		table ip6 selftest {
			counter seen { }
			chain input {
				type filter hook input priority filter
				iifname "core" ip6 daddr $SID_A counter name seen $1
			}
		}
	EOF
	check_err $? "nft refused the rules"
	defer remove_rules
}

seen()
{
	ip netns exec "$pe2" nft -j list counters table ip6 selftest | jq '.nftables[].counter? | select(.).packets'
}

outer_packet_passes_input()
{
	RET=0
	input_rule accept
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	expect_equal 3 "$(seen)" "packets seen in INPUT"
	log_test "Outer packet passes INPUT"
}

drop_in_input()
{
	local before

	RET=0
	before=$(sid_counters "$pe2" "$SID_A")
	input_rule drop
	run_ping "$h1a" 10.0.2.1 -W 0.5 >/dev/null
	check_fail $? "an answer in spite of the rule"
	expect_equal 3 "$(seen)" "packets dropped in INPUT"
	expect_equal "$before" "$(sid_counters "$pe2" "$SID_A")" "counters of a SID that got nothing"
	log_test "Drop in INPUT"
}

start_serving
modprobe -q nf_conntrack
sysctl -wq net.netfilter.nf_hooks_lwtunnel=1 || skip_all "the kernel has no net.netfilter.nf_hooks_lwtunnel"
require_topology a
run_tests

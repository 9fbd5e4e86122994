#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Outer packets that come in fragments are reassembled, by the kernel and within its limits, and obey the same rules as
# those that come whole.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

ALL_TESTS="cases hmac gathered_by_the_sender gathered_by_netfilter incomplete flood unloaded_meanwhile"

# fragments WHAT ARGUMENT...
fragments()
{
	python3 "$TEST_DIR/outer_fragments.py" "$@"
}

cases()
{
	report_cases outer_fragments.py fragments cases "$pe1" "$pe2" "$h2a"
}

hmac()
{
	local policy

	set_hmac_key "$pe2"
	for policy in -1 1 0; do
		ip netns exec "$pe2" sysctl -wq net.ipv6.conf.core.seg6_require_hmac="$policy"
		report_cases outer_fragments.py fragments hmac "$pe1" "$pe2" "$h2a" "$policy"
	done
}

# track FAMILY NS: has netfilter follow connections there, for which it gathers fragments.
track()
{
	ip netns exec "$2" nft -f - <<-EOF
		table $1 track {
			chain prerouting {
				type filter hook prerouting priority filter
				ct state new counter
			}
		}
	EOF
	check_err $? "no connection tracking"
	defer ip netns exec "$2" nft delete table "$1" track
}

# large_pings: the tenant's packets are larger than the core carries; they come in fragments, and leave in fragments.
large_pings()
{
	local errors

	ip -n "$pe1" link set core mtu 2000
	ip -n "$pe2" link set core mtu 2000
	track ip "$pe1"
	track ip "$pe2"
	errors=$(sid_counter "$pe2" "$SID_A" errors)
	run_ping "$h1a" 10.0.2.1 -s 4000 -c 5 -i 0.2 | grep -q ' 5 received'
	check_err $? "not each ping of 4000 octets is answered"
	expect_equal "$errors" "$(sid_counter "$pe2" "$SID_A" errors)" "errors of the SID"
}

# An edge that gathers a tenant's fragments encapsulates the whole, and then fragments what has become too large.
gathered_by_the_sender()
{
	local whole

	RET=0
	whole=$(nstat_counter "$pe2" Ip6ReasmOKs)
	large_pings
	whole=$(($(nstat_counter "$pe2" Ip6ReasmOKs) - whole))
	expect_equal 5 "$whole" "outer packets reassembled"
	log_test "Packets that the other edge has fragmented"
}

gathered_by_netfilter()
{
	RET=0
	track ip6 "$pe2"
	large_pings
	log_test "The same, with netfilter gathering them before"
}

# Octets of fragments that the edge keeps.
kept()
{
	ip netns exec "$pe2" cat /proc/net/sockstat6 | awk '$1 == "FRAG6:" { print $5 }'
}

keeps_none()
{
	[[ $(kept) == 0 ]]
}

# their_time SECONDS: of the fragments that come from now on.
their_time()
{
	ip netns exec "$pe2" sysctl -wq "net.ipv6.ip6frag_time=$1"
}

until_none_is_kept()
{
	slowwait "$PATIENCE" keeps_none
	check_err $? "$(kept) octets of fragments are still kept"
}

incomplete()
{
	local timeouts

	RET=0
	until_none_is_kept
	their_time 3
	timeouts=$(nstat_counter "$pe2" Ip6ReasmTimeout)
	expect_equal "" "$(fragments first 1 "$pe1" "$pe2" "$h2a")" "drops"
	(($(kept) > 0))
	check_err $? "nothing was kept"
	until_none_is_kept
	expect_equal $((timeouts + 1)) "$(nstat_counter "$pe2" Ip6ReasmTimeout)" "packets that the time was over for"
	log_test "A packet that does not become whole: its time runs out"
}

flood()
{
	local limit=65536 most drops

	RET=0
	their_time 30
	ip netns exec "$pe2" sysctl -wq net.ipv6.ip6frag_low_thresh=$((limit / 2)) "net.ipv6.ip6frag_high_thresh=$limit"
	drops=$(fragments first 2000 "$pe1" "$pe2" "$h2a")
	[[ $drops =~ ^outer_fragment\ [0-9]+$ ]] && ((${drops#* } > 1000))
	check_err $? "drops: '$drops', want more than 1000 outer_fragment"
	most=$(kept)
	((most > 0 && most <= limit + 8192))
	check_err $? "$most octets of fragments are kept, the limit is $limit"
	ping_works "$h1a" 10.0.2.1
	check_err $? "whole packets are lost meanwhile"
	until_none_is_kept
	fragments begin "$pe1" "$pe2" "$h2a" >/dev/null
	expect_equal 1 "$(fragments end "$pe1" "$pe2" "$h2a")" "fragmented packets that arrive afterwards"
	log_test "A flood of first fragments: within the kernel's limit"
}

# What the kernel keeps has nothing of the module.
unloaded_meanwhile()
{
	RET=0
	fragments begin "$pe1" "$pe2" "$h2a" >/dev/null
	module_unload
	check_err $? "the module does not unload"
	module_load
	check_err $? "the module does not load"
	expect_equal 1 "$(fragments end "$pe1" "$pe2" "$h2a")" "packets that arrive"
	log_test "The module goes and comes back between the fragments of a packet"
}

start_with_builtin
their_time 30
continue_with_module
run_tests

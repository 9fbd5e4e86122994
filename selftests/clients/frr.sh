#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR as the client: an L3VPN between two edges by BGP, whose SIDs and tunnels zebra installs, with bgpd restarting and
# the module coming and going under it.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/frr.sh"

ALL_TESTS="sids tenants_apart withdraw_route withdraw_sid restart_bgpd unload_and_load sid_of_both_families"

setup_tenants()
{
	local tenant

	setup_core && setup_ns h1a h2a h1b h2b || return
	for tenant in "1 a 100" "1 b 200" "2 a 100" "2 b 200"; do
		read -r site name table <<<"$tenant"
		host=h$site$name edge=pe$site
		setup_site "${!edge}" "${!host}" "$site" "$name" "$table" || return
	done
	for site in 1 2; do
		edge=pe$site host=h${site}b
		ip -n "${!edge}" addr add "2001:db8:$site::254/64" dev to-b nodad &&
			ip -n "${!host}" addr add "2001:db8:$site::1/64" dev eth0 nodad &&
			ip -n "${!host}" route add default via "2001:db8:$site::254" || return
	done
	# What an IGP would do.
	ip -n "$pe1" -6 route add fc00:2::/48 via fd00::2 dev core && ip -n "$pe2" -6 route add fc00:1::/48 via fd00::1 dev core
}

setup_frr()
{
	local site edge

	for site in 1 2; do
		edge=pe$site
		mkdir "$work/$edge" && chown -R frr:frr "$work" || return
		start_daemon "$edge" mgmtd && start_daemon "$edge" zebra && start_daemon "$edge" bgpd || return
		frr_config "$site" $((3 - site)) | configure "$edge" || return
	done
}

show_logs()
{
	tail -n 15 "$work"/*/*.log
	ip -n "$pe1" route show vrf vrf-100
	ip -n "$pe2" -6 route
}

# sid_of TABLE: the SID that pe2 has for it.
sid_of()
{
	ip -n "$pe2" -j -6 route show proto bgp | jq -r --arg dev "vrf-$1" '.[] | select(.dev == $dev) | .dst'
}

sid_exists()
{
	[[ $(sid_of "$1") ]]
}

sid_is_gone()
{
	! sid_exists "$1"
}

# expect_sids N: so many nexthop objects with a SID on both edges.
expect_sids()
{
	busywait 30000 sids_are "$1"
	check_err $? "nexthop objects with a SID: $(count_sids), want $1"
}

count_sids()
{
	{
		ip -n "$pe1" nexthop
		ip -n "$pe2" nexthop
	} | grep -c seg6local
}

sids_are()
{
	[[ $(count_sids) == "$1" ]]
}

# Zebra's SIDs are nexthop objects, two on each edge.
sids()
{
	local table id

	RET=0
	for table in 100 200; do
		id=$(ip -n "$pe2" -j -6 route show "$(sid_of "$table")" | jq '.[0].nhid')
		ip -n "$pe2" nexthop show id "$id" | grep -q "End.DT4 vrftable $table dev vrf-$table .*proto zebra"
		check_err $? "table $table: $(ip -n "$pe2" nexthop)"
	done
	expect_equal "$SERVED_BY" "$(server_of "$(sid_of 100)")" "who serves the SID"
	expect_sids 4
	log_test "SIDs installed by zebra"
}

tenants_apart()
{
	local a b

	RET=0
	read -r a b < <(echo_counts)
	expect_own_host a "$a" "$b"
	expect_own_host b "$((a + 3))" "$b"
	log_test "Each tenant reaches its own host only"
}

# has_route TABLE: pe1 knows the way to site 2.
has_route()
{
	ip -n "$pe1" route show vrf "vrf-$1" 10.0.2.0/24 | grep -q 'encap seg6 .*proto bgp'
}

has_no_route()
{
	! has_route "$1"
}

# both_work WHEN
both_work()
{
	busywait 30000 has_route 100 && busywait 30000 has_route 200
	check_err $? "$1: no route to site 2"
	ping_works "$h1a" 10.0.2.1
	check_err $? "$1: no answer to tenant a"
	ping_works "$h1b" 10.0.2.1
	check_err $? "$1: no answer to tenant b"
}

withdraw_route()
{
	RET=0
	configure_vrf pe2 100 "no redistribute connected"
	busywait 30000 has_no_route 100
	check_err $? "the route is still there"
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer without a route"
	ping_works "$h1b" 10.0.2.1
	check_err $? "no answer to the other tenant"
	configure_vrf pe2 100 "redistribute connected"
	both_work "announced again"
	log_test "Withdraw a route, announce it again"
}

withdraw_sid()
{
	RET=0
	configure_vrf pe2 100 "no sid vpn export auto"
	busywait 30000 sid_is_gone 100
	check_err $? "the SID is still there"
	expect_sids 3
	run_ping "$h1a" 10.0.2.1 -c 1 -W 0.5 >/dev/null
	check_fail $? "an answer without a SID"
	configure_vrf pe2 100 "sid vpn export auto"
	busywait 30000 sid_exists 100
	both_work "with a SID again"
	expect_sids 4
	log_test "Withdraw a SID, allocate one again"
}

restart_bgpd()
{
	RET=0
	stop_daemon pe2 bgpd
	check_err $? "bgpd does not stop"
	busywait 30000 sid_is_gone 100 && busywait 30000 sid_is_gone 200
	check_err $? "the SIDs are still there"
	start_daemon pe2 bgpd && frr_config 2 1 | configure pe2
	check_err $? "bgpd does not start"
	busywait 30000 sid_exists 100 && busywait 30000 sid_exists 200
	check_err $? "no SIDs"
	both_work "after the restart"
	expect_equal "$SERVED_BY" "$(server_of "$(sid_of 100)")" "who serves the SID"
	log_test "Restart bgpd"
}

# What FRR makes while the module is away is the module's when it is back.
unload_and_load()
{
	served_by rust || return 0
	RET=0
	module_unload
	check_err $? "unload"
	expect_equal c "$(server_of "$(sid_of 100)")" "who serves the SID without the module"
	both_work "without the module"
	stop_daemon pe2 bgpd && start_daemon pe2 bgpd && frr_config 2 1 | configure pe2
	check_err $? "bgpd does not restart"
	busywait 30000 sid_exists 100 && busywait 30000 sid_exists 200
	check_err $? "no SIDs without the module"
	module_load
	check_err $? "load"
	both_work "with the module"
	expect_equal rust "$(server_of "$(sid_of 100)")" "who serves the SID with the module"
	log_test "Unload and load under FRR"
}

# End.DT46 on both edges, and tenant b has IPv6 as well.
sid_of_both_families()
{
	local edge

	RET=0
	for edge in pe1 pe2; do
		configure_vrf "$edge" 200 "no sid vpn export auto"
	done
	busywait 30000 sid_is_gone 200
	check_err $? "the SID is still there"
	for edge in pe1 pe2; do
		tell_bgpd "$edge" "router bgp 65000 vrf vrf-200" "sid vpn per-vrf export auto" "address-family ipv6 unicast" \
			"rd vpn export 65000:200" "rt vpn both 65000:200" "redistribute connected" "export vpn" "import vpn"
	done
	busywait 30000 sid_exists 200
	check_err $? "no SID"
	ip -n "$pe2" -6 nexthop | grep -q "End.DT46 vrftable 200"
	check_err $? "no End.DT46"
	both_work "with End.DT46"
	busywait 30000 ipv6_works
	check_err $? "no answer to tenant b by IPv6: $(ip -n "$pe1" -6 route show vrf vrf-200)"
	expect_equal "$SERVED_BY" "$(server_of_b)" "who serves the SID"
	log_test "One SID for IPv4 and IPv6 (sid vpn per-vrf)"
}

ipv6_works()
{
	ping_works "$h1b" 2001:db8:2::1
}

# server_of asks tenant a's host.
server_of_b()
{
	local h2a=$h2b

	server_of "$(sid_of 200)"
}

[[ -x $FRR/bgpd && -x $FRR/zebra ]] || skip_all "no FRR here"
start_serving
work=$(mktemp -d)
defer rm -rf "$work"
defer cleanup_all_ns
if ! { setup_tenants && setup_frr && busywait 60000 has_route 100 && busywait 60000 has_route 200; }; then
	echo "FRR does not bring up the VPN"
	show_logs
	exit "$ksft_fail"
fi
tests_run
((EXIT_STATUS == 0)) || show_logs
exit "$EXIT_STATUS"

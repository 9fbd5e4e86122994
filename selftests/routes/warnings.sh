#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A route that is accepted, as by the built-in code, but cannot work comes with a warning that says so; one that works
# comes with none.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="loopback own_address no_forwarding source_validation messages_of_errors"

readonly LOOPBACK="Warning: A SID on a loopback device gets no packets: use the VRF as dev."
readonly OWN_ADDRESS="Warning: The SID is an address of this host, which takes its packets."
readonly NO_FORWARDING="Warning: The VRF does not forward IPv4: see net.ipv4.ip_forward."
readonly RP_FILTER="Warning: The VRF's rp_filter drops what other sites send: use 0, or 2 and an address."

# accepted MESSAGE COMMAND...: ip succeeds, and says nothing else.
accepted()
{
	local message=$1 output
	shift

	output=$("$@" 2>&1)
	check_err $? "'$*' failed"
	expect_equal "$message" "$output" "'$*'"
}

# accepted_route MESSAGE PARAMETER...: an End.DT4 route, which is then deleted.
accepted_route()
{
	accepted "$1" add_sid "${@:2}"
	[[ $(show_sid) == "$SID_A"* ]]
	check_err $? "no route after '${*:2}'"
	delete_sid
}

# accepted_nexthop MESSAGE PARAMETER...: the same by a nexthop object.
accepted_nexthop()
{
	accepted "$1" ip -n "$pe" -6 nexthop add id 7 encap seg6local action End.DT4 "${@:2}"
	accepted "" ip -n "$pe" -6 route add "$SID_A" nhid 7
	ip -n "$pe" nexthop del id 7
}

# What the route is for is in the VRF; a local route, and one by a nexthop object, work on a loopback device, too.
loopback()
{
	RET=0
	accepted_route "" vrftable 100 dev vrf-100
	accepted_route "" vrftable 100 dev core
	accepted_route "$LOOPBACK" vrftable 100 dev lo
	accepted_route "$LOOPBACK" vrftable 100 count dev lo
	accepted_nexthop "" vrftable 100 dev vrf-100
	accepted_nexthop "" vrftable 100 dev lo
	accepted "" ip -n "$pe" -6 route add local "$SID_A" encap seg6local action End.DT4 vrftable 100 dev lo
	ip -n "$pe" -6 route del local "$SID_A" table local
	log_test "A SID on a loopback device"
}

own_address()
{
	RET=0
	ip -n "$pe" addr add "$SID_A/128" dev core nodad noprefixroute
	accepted_route "$OWN_ADDRESS" vrftable 100 dev vrf-100
	ip -n "$pe" addr del "$SID_A/128" dev core
	accepted_route "" vrftable 100 dev vrf-100
	# That of a VRF is looked for by whoever is in it.
	ip -n "$pe" addr add "$SID_A/128" dev vrf-100 nodad noprefixroute
	accepted_route "" vrftable 100 dev vrf-100
	ip -n "$pe" addr del "$SID_A/128" dev vrf-100
	log_test "A SID that is an address of this host"
}

no_forwarding()
{
	RET=0
	ip netns exec "$pe" sysctl -wq net.ipv4.conf.vrf-100.forwarding=0
	accepted_route "$NO_FORWARDING" vrftable 100 dev vrf-100
	accepted_nexthop "$NO_FORWARDING" vrftable 100 dev core
	accepted_route "" vrftable 200 dev vrf-100
	ip netns exec "$pe" sysctl -wq net.ipv4.conf.vrf-100.forwarding=1
	accepted_route "" vrftable 100 dev vrf-100
	ip netns exec "$pe" sysctl -wq net.ipv4.ip_forward=0
	accepted_route "$NO_FORWARDING" vrftable 200 dev core
	ip netns exec "$pe" sysctl -wq net.ipv4.ip_forward=1
	log_test "A VRF that does not forward"
}

# Loose mode is like strict mode for a device without an address.
source_validation()
{
	RET=0
	ip -n "$pe" -4 addr flush dev vrf-100
	ip netns exec "$pe" sysctl -wq net.ipv4.conf.vrf-100.rp_filter=2
	accepted_route "$RP_FILTER" vrftable 100 dev vrf-100
	ip -n "$pe" addr add 10.9.9.9/32 dev vrf-100
	accepted_route "" vrftable 100 dev vrf-100
	ip netns exec "$pe" sysctl -wq net.ipv4.conf.vrf-100.rp_filter=1
	accepted_route "$RP_FILTER" vrftable 100 dev vrf-100
	ip netns exec "$pe" sysctl -wq net.ipv4.conf.vrf-100.rp_filter=0
	accepted_route "" vrftable 100 dev vrf-100
	log_test "A VRF that validates sources"
}

messages_of_errors()
{
	RET=0
	expect_equal "Error: Table has no associated VRF device." \
		"$(add_sid vrftable 12345 dev lo 2>&1)" "no VRF for the table, dev lo"
	log_test "An error goes before a warning"
}

require_rust
start_serving
setup_lone_edge || exit
run_tests

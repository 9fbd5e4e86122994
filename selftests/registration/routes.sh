#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A load serves the routes that exist from their next packet on, and an unload gives them back; nothing else about them
# changes.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="
	before load counters_go_on new_route replace_and_delete table_stays unload second_load
	nothing_announced change_after_unload delete_namespace_after_unload
"

readonly SID_NEXTHOP=fc00:2::101 SID_SAME_NEXTHOP=fc00:2::102 SID_DT46=fc00:2::103 SID_QUIET=fc00:2::104
readonly SID_NEW=fc00:2::105

sid_add()
{
	ip -n "$pe2" -6 route "$1" "$2" encap seg6local action "$3" vrftable 100 count dev vrf-100
}

setup_sids()
{
	ip -n "$pe2" -6 nexthop add id 10 encap seg6local action End.DT4 vrftable 100 count dev vrf-100 &&
		ip -n "$pe2" -6 route add "$SID_NEXTHOP" nhid 10 &&
		ip -n "$pe2" -6 route add "$SID_SAME_NEXTHOP" nhid 10 &&
		sid_add add "$SID_DT46" End.DT46 &&
		sid_add add "$SID_QUIET" End.DT4 &&
		ip -n "$pe1" -6 route add fc00:2::/64 via fd00::2 dev core
}

# expect_server rust|c|nobody SID...
expect_server()
{
	local want=$1
	shift

	expect_equal "${*/*/$want}" "$(server_of "$@" | xargs)" "who serves $*"
}

before()
{
	RET=0
	expect_server c "$SID_A" "$SID_NEXTHOP" "$SID_SAME_NEXTHOP" "$SID_DT46"
	log_test "Without the module: C"
}

# The probe is the first packet since the load: what it tells is true of the next packet.
load()
{
	local saved

	RET=0
	saved=$(snapshot)
	mark
	module_load
	check_err $? "insmod"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the load"
	expect_server rust "$SID_A" "$SID_NEXTHOP" "$SID_SAME_NEXTHOP" "$SID_DT46"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the packets"
	log_test "Load: routes are the module's from the next packet on, and not changed"
}

# Packets before, while and after: 3 pings with 3 answers, and then a probe of each server.
counters_go_on()
{
	local p0 b0 e0 p1 b1 e1

	RET=0
	read -r p0 b0 e0 < <(sid_counters "$pe2" "$SID_A")
	run_ping "$h1a" 10.0.2.1 >/dev/null
	module_unload
	check_err $? "unload.sh"
	run_ping "$h1a" 10.0.2.1 >/dev/null
	module_load
	check_err $? "insmod"
	run_ping "$h1a" 10.0.2.1 >/dev/null
	expect_server rust "$SID_A"
	read -r p1 b1 e1 < <(sid_counters "$pe2" "$SID_A")
	expect_equal "10 $((9 * (40 + 24 + 20 + 8 + 56) + 70)) 1" "$((p1 - p0)) $((b1 - b0)) $((e1 - e0))" \
		"packets, bytes, errors of a SID over an unload and a load"
	log_test "Counters go on"
}

new_route()
{
	RET=0
	expect_builder rust
	sid_add add "$SID_NEW" End.DT4
	check_err $? "route add"
	expect_server rust "$SID_NEW"
	log_test "A new route is the module's"
}

replace_and_delete()
{
	RET=0
	sid_add replace "$SID_A" End.DT4
	check_err $? "replace of a route that was there before"
	expect_server rust "$SID_A"
	ip -n "$pe2" -6 route del "$SID_NEW"
	check_err $? "route del"
	expect_server nobody "$SID_NEW"
	ip -n "$pe2" -6 route replace "$SID_A" encap seg6local action End.DT6 table 100 dev vrf-100
	check_err $? "replace by another behaviour"
	expect_server nobody "$SID_A"
	sid_add replace "$SID_A" End.DT4
	sid_add add "$SID_NEW" End.DT4
	expect_server rust "$SID_A" "$SID_NEW"
	log_test "Replace and delete"
}

# IPv6 in a SID that names the table of the VRF: the packet gets to the tenant, but the VRF does not see it.
table_stays()
{
	local table=fc00:2::6 vrf=fc00:2::7 before

	RET=0
	setup_ipv6 a 100
	check_err $? "IPv6 for tenant a"
	ip -n "$pe2" -6 route add "$table" encap seg6local action End.DT6 table 100 count dev vrf-100
	ip -n "$pe2" -6 route add "$vrf" encap seg6local action End.DT6 vrftable 100 count dev vrf-100
	lead_to "$pe1" 2001:db8:2::/64 100 "$table"
	before=$(packets_served)
	run_ping "$h1a" 2001:db8:2::1 >/dev/null
	check_err $? "no answer by way of End.DT6 with a table"
	# The answers come back by a SID of the module on the other edge.
	expect_equal 3 "$(($(packets_served) - before))" "packets of the module: the answers"
	lead_to "$pe1" 2001:db8:2::/64 100 "$vrf"
	before=$(packets_served)
	run_ping "$h1a" 2001:db8:2::1 >/dev/null
	check_err $? "no answer by way of End.DT6 with a vrftable"
	expect_equal 6 "$(($(packets_served) - before))" "packets of the module: both ways"
	log_test "End.DT6 with a table stays the built-in code's"
}

unload()
{
	local saved

	RET=0
	saved=$(snapshot)
	mark
	module_unload
	check_err $? "unload.sh"
	! module_loaded
	check_err $? "the module is still there"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the unload"
	expect_server c "$SID_A" "$SID_NEXTHOP" "$SID_SAME_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	expect_builder c
	log_test "Unload: all routes are the built-in code's again, and not changed"
}

second_load()
{
	RET=0
	module_load
	check_err $? "insmod"
	expect_server rust "$SID_A" "$SID_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	module_unload
	check_err $? "unload.sh"
	expect_server c "$SID_A" "$SID_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	log_test "A second load"
}

nothing_announced()
{
	local heard monitor

	RET=0
	heard=$(mktemp)
	defer rm -f "$heard"
	# Appended, or it would begin with zeros when emptied, and be binary to grep.
	ip -n "$pe2" monitor label all >>"$heard" 2>&1 &
	monitor=$!
	sleep 0.5
	: >"$heard"
	module_load && server_of "$SID_A" >/dev/null && module_unload
	check_err $? "load and unload"
	# Neighbours answer or do not; that is not the module's doing.
	expect_equal "" "$(grep -vE '^\[(NEIGH|NSID)' "$heard")" "what rtnetlink announced"
	sid_add replace "$SID_A" End.DT4
	slowwait "$PATIENCE" grep -q "$SID_A" "$heard"
	check_err $? "the monitor does not work: it has not seen a replaced route"
	kill "$monitor"
	wait "$monitor" 2>/dev/null
	log_test "rtnetlink monitors hear nothing of load and unload"
}

# These routes were made or served by loads that are gone.
change_after_unload()
{
	RET=0
	sid_add replace "$SID_A" End.DT4
	check_err $? "replace"
	expect_server c "$SID_A"
	ip -n "$pe2" -6 nexthop replace id 10 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	check_err $? "nexthop replace"
	expect_server c "$SID_NEXTHOP"
	ip -n "$pe2" nexthop del id 10
	check_err $? "nexthop del"
	ip -n "$pe2" -6 route del "$SID_NEW"
	check_err $? "route del"
	ip -n "$pe2" link del vrf-100
	check_err $? "VRF del"
	expect_equal "" "$(ip -n "$pe2" -6 route show "$SID_QUIET")" "route on a VRF that is gone"
	log_test "After unload: routes, nexthops and the VRF are replaced and deleted"
}

# pe1 has a route that was there before the load, and one that was made while it was loaded.
delete_namespace_after_unload()
{
	RET=0
	module_load
	ip -n "$pe1" -6 route add fc00:1::101 encap seg6local action End.DT4 vrftable 100 dev vrf-100
	check_err $? "route add"
	module_unload
	check_err $? "unload.sh"
	mark
	ip netns delete "$pe1"
	check_err $? "netns delete"
	# Frees run later.
	sleep 1
	module_load && module_unload
	check_err $? "load and unload afterwards"
	log_test "After unload: the namespace is deleted"
}

start_without_module
require_topology a
setup_sids || exit
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routes that exist move to Rust at load and back to C at unload; nothing else about them changes.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"

ALL_TESTS="
	before load_adopts without_detour counters_go_on new_route replace_and_delete
	unload_gives_back second_takeover cumulative_livepatch nothing_announced change_after_unload delete_namespace_after_unload
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
load_adopts()
{
	local saved

	RET=0
	saved=$(snapshot)
	mark
	module_load
	check_err $? "insmod"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the load"
	expect_equal "0 0" "$(route_counts)" "routes built, adopted; before the first packet"
	expect_server rust "$SID_A"
	expect_equal "0 1" "$(route_counts)" "routes built, adopted; one packet later"
	expect_server rust "$SID_NEXTHOP"
	expect_equal "0 2" "$(route_counts)" "routes built, adopted; one packet to a nexthop object later"
	expect_server rust "$SID_SAME_NEXTHOP" "$SID_NEXTHOP" "$SID_A"
	expect_equal "0 2" "$(route_counts)" "routes built, adopted; more packets to the same later"
	expect_server rust "$SID_DT46"
	expect_equal "0 3" "$(route_counts)" "routes built, adopted; packets to End.DT46 later"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the packets"
	log_test "Load: routes are adopted at their next packet, not changed"
}

# The built-in input function is where the livepatch turns off. A route comes there once.
without_detour()
{
	RET=0
	expect_equal 0 "$(detours server_of "$SID_A")" "detours of packets to a route that is adopted"
	expect_equal 1 "$(detours server_of "$SID_QUIET")" "detours of two packets to a route that is not"
	expect_equal 0 "$(detours server_of "$SID_DT46")" "detours of packets to End.DT46"
	log_test "Only the first packet goes through the livepatch"
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
	read -r built adopted < <(route_counts)
	sid_add add "$SID_NEW" End.DT4
	check_err $? "route add"
	expect_equal "$((built + 1)) $adopted" "$(route_counts)" "routes built, adopted"
	expect_server rust "$SID_NEW"
	expect_equal "$((built + 1)) $adopted" "$(route_counts)" "routes built, adopted; packets later"
	log_test "A new route is Rust's from its first packet"
}

replace_and_delete()
{
	local built adopted

	RET=0
	read -r built adopted < <(route_counts)
	sid_add replace "$SID_A" End.DT4
	check_err $? "replace of an adopted route"
	expect_equal "$((built + 1)) $adopted" "$(route_counts)" "routes built, adopted, after a replace"
	expect_server rust "$SID_A"
	expect_equal 0 "$(detours server_of "$SID_A")" "detours of packets to the new route"
	ip -n "$pe2" -6 route del "$SID_NEW"
	check_err $? "route del"
	expect_server nobody "$SID_NEW"
	ip -n "$pe2" -6 route replace "$SID_A" encap seg6local action End.DT6 table 100 dev vrf-100
	check_err $? "replace by another behaviour"
	expect_server nobody "$SID_A"
	expect_equal "$((built + 1)) $adopted" "$(route_counts)" "routes built, adopted, after a delete and another behaviour"
	sid_add replace "$SID_A" End.DT4
	sid_add add "$SID_NEW" End.DT4
	expect_equal "$((built + 3)) $adopted" "$(route_counts)" "routes built, adopted, at the end"
	expect_server rust "$SID_A" "$SID_NEW"
	log_test "Replace and delete"
}

unload_gives_back()
{
	local saved built adopted

	RET=0
	saved=$(snapshot)
	read -r built adopted < <(route_counts)
	mark
	module_unload
	check_err $? "unload.sh"
	! module_loaded
	check_err $? "the module is still there"
	log_since_mark | grep -q "gone; $built routes were created, $adopted adopted"
	check_err $? "the kernel log does not say so: $(log_since_mark)"
	expect_equal 1 "$(log_since_mark | grep -c .)" "lines in the kernel log: $(log_since_mark)"
	expect_equal "$saved" "$(snapshot)" "routes, nexthops, links after the unload"
	expect_server c "$SID_A" "$SID_NEXTHOP" "$SID_SAME_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	log_test "Unload: all routes are C's again, not changed"
}

# Routes that the first load left behind point to its descriptor.
second_takeover()
{
	RET=0
	module_load
	check_err $? "insmod"
	expect_server rust "$SID_A" "$SID_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	expect_equal "0 5" "$(route_counts)" "routes built, adopted"
	module_unload
	check_err $? "unload.sh"
	expect_server c "$SID_A" "$SID_NEXTHOP" "$SID_DT46" "$SID_NEW" "$SID_QUIET"
	log_test "A second load adopts what the first one left"
}

# Nobody tells the module, so what was its own stays so.
cumulative_livepatch()
{
	RET=0
	module_load
	check_err $? "insmod"
	expect_server rust "$SID_A"
	insmod_test_module test_klp_replace
	check_err $? "insmod of the cumulative livepatch"
	defer rmmod_test_module test_klp_replace
	[[ ! -e $LIVEPATCH ]]
	check_err $? "our livepatch is still there"
	expect_server rust "$SID_A"
	expect_server c "$SID_QUIET"
	sid_add replace "$SID_NEW" End.DT4
	check_err $? "replace of a route"
	expect_server c "$SID_NEW"
	module_unload
	check_err $? "unload.sh"
	expect_server c "$SID_A" "$SID_NEW"
	log_test "A cumulative livepatch: routes stay, new ones are C's, and the module goes"
}

nothing_announced()
{
	local heard monitor

	RET=0
	heard=$(mktemp)
	defer rm -f "$heard"
	ip -n "$pe2" monitor label all >"$heard" 2>&1 &
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

# These routes point to descriptors of loads that are long gone.
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

# pe1 has a route that was adopted, and one that was not.
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

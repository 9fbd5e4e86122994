# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What goes on all the time in the stress tests: loops in the background that change routes, nexthops, VRFs, namespaces,
# strict mode and the module, and send packets; and what to expect of it. Source registration.sh first.

source "$SELFTESTS_DIR/lib/memory.sh"

# start_loops NAME...: runs each command over and over, until stop_loops; the file $work/NAME has the rounds in which it
# succeeded, $work/NAME.failed the others: what one loop does may fail for what another does.
start_loops()
{
	local name

	loops=("$@") loop_pids=()
	rm -f "$work/stop"
	for name; do
		rm -f "$work/$name" "$work/$name.failed"
		until_stopped "$name" &>/dev/null &
		loop_pids+=($!)
	done
}

until_stopped()
{
	local rounds=0 failed=0

	trap - EXIT
	while [[ ! -e $work/stop ]]; do
		if "$1"; then
			echo $((rounds += 1)) >"$work/$1"
		else
			echo $((failed += 1)) >"$work/$1.failed"
		fi
	done
}

# stop_loops: what they did to $rounds; each must have succeeded.
stop_loops()
{
	local name

	touch "$work/stop"
	wait "${loop_pids[@]}"
	rounds=
	for name in "${loops[@]}"; do
		(($(rounds_of "$name") >= 1))
		check_err $? "not one round of: $name"
		rounds+=" $name $(rounds_of "$name") ($(rounds_of "$name.failed") failed)"
	done
}

rounds_of()
{
	cat "$work/$1" 2>/dev/null || echo 0
}

# The SID that tenant b's packets follow, and others: inline and by a nexthop, as End.DT4, End.DT46 and End.DT6. Of the
# rest some lines always fail, and without strict mode more.
routes()
{
	local status

	ip -n "$pe2" -6 route replace "$SID_B" encap seg6local action End.DT4 vrftable 200 count dev vrf-200
	status=$?
	ip -n "$pe2" -6 -force -batch - <<-EOF
		route add fc00:2::b1 encap seg6local action End.DT4 vrftable 200 dev core
		route replace fc00:2::b1 encap seg6local action End.DT46 vrftable 200 dev core
		nexthop add id 20 encap seg6local action End.DT4 vrftable 200 dev core
		route replace $SID_B nhid 20
		nexthop replace id 20 encap seg6local action End.DT4 vrftable 100 count dev core
		nexthop replace id 20 encap seg6local action End.DT6 table 200 dev core
		nexthop replace id 20 encap seg6local action End.DT4 vrftable 200 dev core
		route del $SID_B
		route replace $SID_B encap seg6local action End.DT46 vrftable 200 count dev vrf-200
		route add fc00:2::b2 encap seg6local action End.DT4 vrftable 999 dev core
		route del fc00:2::b1
		nexthop del id 20
	EOF
	return "$status"
}

# A VRF whose SID stays, and whose index and table change hands.
vrfs()
{
	local index=5000 status

	ip -n "$pe2" -6 -batch - <<-EOF
		link add churn index $index type vrf table 300
		link set churn up
		route replace fc00:2::c encap seg6local action End.DT4 vrftable 300 count dev core
	EOF
	status=$?
	ip -n "$pe2" -force -batch - <<-EOF
		link del churn
		link add churn index $index type vrf table 301
		link set churn up
		link del churn
		link add churn type vrf table 300
		link del churn
	EOF
	return "$status"
}

# A way to that SID, for to_the_vrf.
setup_way_to_vrfs()
{
	ip -n "$pe1" -6 route add fc00:2::c vrf vrf-200 via fd00::2 dev core &&
		ip -n "$pe1" route add 10.0.3.0/24 vrf vrf-200 encap seg6 mode encap segs fc00:2::c dev core
}

to_the_vrf()
{
	run_ping "$h1b" 10.0.3.1 -f -c 100 -W 0.1
	# Nobody answers.
	(($? == 1))
}

to_tenant_b()
{
	run_ping "$h1b" 10.0.2.1 -f -c 100 -W 0.1
}

# A namespace goes with its VRF and SIDs in it.
netns()
{
	local name status

	name=churn-$(mktemp -u XXXXXX)
	ip netns add "$name" && ip netns exec "$name" sysctl -wq net.vrf.strict_mode=1
	ip -n "$name" -6 -batch - <<-EOF
		link set lo up
		link add vrf-100 type vrf table 100
		link set vrf-100 up
		link add core type veth peer name far
		link set core up
		route add fc00::1 encap seg6local action End.DT4 vrftable 100 dev core
		nexthop add id 1 encap seg6local action End.DT4 vrftable 100 dev vrf-100
		route add fc00::2 nhid 1
	EOF
	status=$?
	ip netns delete "$name" && return "$status"
}

# It is on for most of the time: without it no End.DT4 route can be made.
strict_mode()
{
	sleep 0.5
	ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=0 && ip netns exec "$pe2" sysctl -wq net.vrf.strict_mode=1
}

loads()
{
	local status

	module_load && ping_works "$h1a" 10.0.2.1
	status=$?
	module_unload && return "$status"
}

# expect_all_arrived FLOW: what seqflow.py said of the tenant that was left alone, who must not lose a packet.
expect_all_arrived()
{
	grep -q "received [1-9].* lost 0 duplicated 0 reordered 0" "$1"
	check_err $? "the tenant that was left alone: $(<"$1")"
}

# expect_load_and_unload: as if nothing had happened.
expect_load_and_unload()
{
	module_load && ping_works "$h1a" 10.0.2.1 && module_unload && ping_works "$h1a" 10.0.2.1
	check_err $? "load, traffic, unload, traffic afterwards"
}

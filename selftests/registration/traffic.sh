#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No packet is lost, duplicated or reordered by load and unload, at the highest rate that this machine forwards: by SIDs of
# End.DT4, End.DT6 and End.DT46 at once, the last one for both families. Meanwhile one task for each CPU makes, replaces and
# deletes routes and nexthop objects of all three, and gets what it has asked for.
#
# CYCLES	loads and unloads, on all CPUs and on one (5); from 100 on memory is looked at

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/registration.sh"
source "$SELFTESTS_DIR/lib/memory.sh"

ALL_TESTS="counts_what_is_wrong undisturbed cycles_on_all_cpus"

readonly CYCLES=${CYCLES:-5}
mapfile -t CPUS < <(seq 0 $(($(nproc) - 1)))
# On a debug kernel who looks whether packets flow leaves none of one CPU to them.
((${#CPUS[@]} == 1)) || on_debug_kernel || ALL_TESTS+=" cycles_on_one_cpu"

# Kilobytes: of the rest of the kernel. A page lost with each cycle would be more.
readonly MEMORY_NOISE=3000

readonly SIDS=("$SID_A" "$SID_A_DT6" "$SID_A_DT46")
readonly DESTINATIONS=10.0.2.1,2001:db8:2::1,10.0.22.1,2001:db8:22::1

# What goes to the other addresses of the host goes by End.DT46.
setup_end_dt46()
{
	setup_ipv6 a 100 &&
		ip -n "$h2a" addr add 10.0.22.1/32 dev eth0 && ip -n "$h2a" addr add 2001:db8:22::1/128 dev eth0 nodad &&
		ip -n "$pe2" route add 10.0.22.0/24 vrf vrf-100 via 10.0.2.1 dev to-a &&
		ip -n "$pe2" route add 2001:db8:22::/64 vrf vrf-100 via 2001:db8:2::1 dev to-a &&
		ip -n "$pe1" -6 route add fc00:2:c::/48 via fd00::2 dev core &&
		lead_to "$pe1" 10.0.22.0/24 100 "$SID_A_DT46" && lead_to "$pe1" 2001:db8:22::/64 100 "$SID_A_DT46"
}

# The packets that each of SIDS has counted, in one line. Others come and go meanwhile: see change_routes.
counts()
{
	ip -n "$pe2" -j -s -6 route show | jq -r --arg sids "${SIDS[*]}" \
		'[.[] | select(IN(.dst; $sids | split(" ")[])) | .encap.stats64.packets] | join(" ")'
}

packets_counted()
{
	counts | tr ' ' + | bc
}

# start_flows CPU...
start_flows()
{
	flows=$(mktemp)
	defer rm -f "$flows"
	packets_before=$(packets_counted)
	# Nobody else has to wait for a CPU.
	nice -n 19 "$SELFTESTS_DIR/lib/seqflow.py" "$h1a" "$h2a" "$DESTINATIONS" "$@" >"$flows" &
	sender=$!
	slowwait "$PATIENCE" grep -q "all flow" "$flows"
	check_err $? "not all flows flow"
}

end_flows()
{
	kill "$sender"
	wait "$sender"
	check_err $? "seqflow.py"
}

# The sums over all flows, in $sent, $received, $lost, $duplicated, $reordered.
read_flows()
{
	read -r sent received lost duplicated reordered < <(awk '
		{ for (i = 2; i <= NF; i += 2) sum[i] += $i }
		END { print sum[2] + 0, sum[4] + 0, sum[6] + 0, sum[8] + 0, sum[10] + 0 }' "$flows")
}

expect_nothing_wrong()
{
	read_flows
	expect_equal "0 lost, 0 duplicated, 0 reordered" \
		"$lost lost, $duplicated duplicated, $reordered reordered" "of $sent packets"
	((sent >= 100))
	check_err $? "only $sent packets were sent"
	expect_equal "$sent" "$received" "packets received"
	expect_equal "$sent" "$(($(packets_counted) - packets_before))" "packets that the SIDs counted"
}

# traffic_flows PACKETS...: each SID has had more.
traffic_flows()
{
	local now i

	read -ra now < <(counts)
	for ((i = 0; i < ${#SIDS[@]}; i++)); do
		((${now[i]:-0} > ${*:i + 1:1} + 100)) || return
	done
}

# What is to be seen must be visible: a link that loses, duplicates and reorders.
counts_what_is_wrong()
{
	RET=0
	start_flows 0
	tc -n "$pe1" qdisc add dev core root netem loss 2% duplicate 2% delay 5ms reorder 10% 2>/dev/null
	check_err $? "no netem"
	sleep 3
	tc -n "$pe1" qdisc del dev core root
	end_flows
	read_flows
	((lost > 0 && duplicated > 0 && reordered > 0))
	check_err $? "seen of a bad link: $(<"$flows")"
	log_test "Loss, duplicates and disorder are seen"
}

undisturbed()
{
	RET=0
	start_flows "${CPUS[@]}"
	sleep 5
	end_flows
	expect_nothing_wrong
	log_test "Without load and unload: $sent packets in 5 s"
}

# Every cycle must have had traffic on both sides.
served_under_traffic()
{
	local packets

	read -ra packets < <(counts)
	slowwait "$PATIENCE" traffic_flows "${packets[@]}" || return
	! module_loaded || (($(packets_served) > 0))
}

changed_sid()
{
	echo "fc00:2:c::$((1 + $1))"
}

# change_routes CPU: until $work/changing is gone; what was wrong is in $work/wrong, and each round in $work/rounds. The last
# one's route stays.
change_routes()
{
	local sid id=$((100 + $1)) shown to="vrftable 100 dev vrf-100"

	sid=$(changed_sid "$1")

	trap - EXIT
	while :; do
		ip -n "$pe2" -6 -batch - <<-EOF || echo "a change failed" >>"$work/wrong"
			route replace $sid encap seg6local action End.DT4 $to
			route replace $sid encap seg6local action End.DT46 count $to
			route replace $sid encap seg6local action End.DT6 $to
			route replace $sid encap seg6local action End.DT6 table 100 dev vrf-100
			route del $sid
			nexthop add id $id encap seg6local action End.DT6 $to
			route add $sid nhid $id
			nexthop replace id $id encap seg6local action End.DT4 $to
			nexthop replace id $id encap seg6local action End.DT46 count $to
			route replace $sid encap seg6local action End.DT4 $to
			nexthop del id $id
		EOF
		shown=$(ip -n "$pe2" -6 route show "$sid" | xargs)
		[[ $shown == "$sid encap seg6local action End.DT4 $to metric 1024 pref medium" ]] ||
			echo "not what was asked for: '$shown'" >>"$work/wrong"
		echo >>"$work/rounds"
		[[ -e $work/changing ]] || break
	done
}

# start_changes CPU...
start_changes()
{
	local cpu

	work=$(mktemp -d)
	defer rm -rf "$work"
	touch "$work/changing" "$work/wrong" "$work/rounds"
	changers=()
	for cpu; do
		change_routes "$cpu" &
		changers+=($!)
	done
}

end_changes()
{
	rm "$work/changing"
	wait "${changers[@]}"
	changes=$(($(wc -l <"$work/rounds") * 11))
	((changes > 0))
	check_err $? "no routes were changed"
	[[ ! -s $work/wrong ]]
	check_err $? "routes: $(sort "$work/wrong" | uniq -c | head -n 3)"
}

# expect_kept_served CPU...: the routes that have stayed are whose they should be, and go.
expect_kept_served()
{
	local cpu kept=()

	for cpu; do
		kept+=("$(changed_sid "$cpu")")
	done
	expect_equal "${kept[*]/*/c}" "$(server_of "${kept[@]}" | xargs)" "who serves ${kept[*]} in the end"
	module_load
	check_err $? "insmod"
	expect_equal "${kept[*]/*/rust}" "$(server_of "${kept[@]}" | xargs)" "who serves ${kept[*]} after another load"
	module_unload
	check_err $? "unload.sh"
	for cpu; do
		ip -n "$pe2" -6 route del "$(changed_sid "$cpu")"
		check_err $? "route del"
	done
}

kilobytes_settled()
{
	settle kmalloc-64
	kilobytes
}

# run_cycles NAME CPU...
run_cycles()
{
	local name=$1
	shift

	RET=0
	start_flows "$@"
	start_changes "$@"
	served_under_traffic
	check_err $? "no traffic before the first load"
	cycle_module "$CYCLES" served_under_traffic
	check_err $? "a load or an unload fails, traffic stops, or no packet is the module's"
	end_changes
	end_flows
	expect_nothing_wrong
	expect_kept_served "$@"
	log_test "$name: $CYCLES loads and unloads, $sent packets, $changes changes of routes"
}

cycles_on_all_cpus()
{
	local before

	((CYCLES < 100)) || before=$(kilobytes_settled)
	run_cycles "CPUs: ${#CPUS[@]}" "${CPUS[@]}"
	((CYCLES < 100)) && return
	RET=0
	grown=$(($(kilobytes_settled) - before))
	((grown <= MEMORY_NOISE))
	check_err $? "$grown kB more"
	log_test "Memory after $CYCLES loads and unloads: $grown kB more"
}

cycles_on_one_cpu()
{
	local cpu

	for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
		[[ -e $cpu ]] || continue
		echo 0 >"$cpu"
		defer eval "echo 1 >$cpu"
	done
	run_cycles "CPUs: 1" 0
}

start_without_module
require_topology a
setup_end_dt46 || exit
ping_works "$h1a" 2001:db8:22::1 || exit
run_tests

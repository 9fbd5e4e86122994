#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No packet is lost, duplicated or reordered by load and unload, at the highest rate that this machine forwards.
#
# CYCLES	loads and unloads, on all CPUs and on one (5)

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/takeover.sh"

ALL_TESTS="counts_what_is_wrong undisturbed cycles_on_all_cpus"

readonly CYCLES=${CYCLES:-5}
mapfile -t CPUS < <(seq 0 $(($(nproc) - 1)))
((${#CPUS[@]} == 1)) || ALL_TESTS+=" cycles_on_one_cpu"

# start_flows CPU...
start_flows()
{
	flows=$(mktemp)
	defer rm -f "$flows"
	"$SELFTESTS_DIR/lib/seqflow.py" "$h1a" "$h2a" 10.0.2.1 "$@" >"$flows" &
	sender=$!
	packets_before=$(sid_counter "$pe2" "$SID_A" packets)
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
	expect_equal "$sent" "$(($(sid_counter "$pe2" "$SID_A" packets) - packets_before))" "packets that the SID counted"
}

traffic_flows()
{
	(($(sid_counter "$pe2" "$SID_A" packets) > $1 + 100))
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

# Every cycle must have had traffic on both sides, and have adopted the SID.
adopted_under_traffic()
{
	local packets

	packets=$(sid_counter "$pe2" "$SID_A" packets)
	slowwait 20 traffic_flows "$packets" || return
	! module_loaded || (($(routes_of adopted) >= 1))
}

# run_cycles NAME CPU...
run_cycles()
{
	local name=$1
	shift

	RET=0
	start_flows "$@"
	adopted_under_traffic
	check_err $? "no traffic before the first load"
	cycle_module "$CYCLES" adopted_under_traffic
	check_err $? "a load or an unload fails, or traffic stops, or no route is adopted"
	end_flows
	expect_nothing_wrong
	log_test "$name: $CYCLES loads and unloads, $sent packets"
}

cycles_on_all_cpus()
{
	run_cycles "CPUs: ${#CPUS[@]}" "${CPUS[@]}"
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
run_tests

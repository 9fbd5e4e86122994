#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "seg6-end-dt4 status", "metrics" and "watch": what they say is what the kernel and the module count.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="sids traffic drops metrics metrics_file watch module_gone no_tool command_lines"
COMMAND=$SELFTESTS_DIR/../router/seg6-end-dt4

# look: what it says to programs and to people.
look()
{
	facts=$("$COMMAND" status --json)
	said=$("$COMMAND" status)
}

# of_module FILTER
of_module()
{
	jq -r ".module | $1" <<<"$facts"
}

# of_sid FILTER: of tenant a's SID at the second edge.
of_sid()
{
	jq -r --arg ns "$pe2" --arg sid "$SID_A" ".sids[] | select(.namespace == \$ns and .prefix == \$sid) | $1" <<<"$facts"
}

sids()
{
	RET=0
	look
	expect_equal "End.DT4 vrf-100 100 the module" "$(of_sid '"\(.behaviour) \(.vrf) \(.vrf_table) \(.served_by)"')" "the SID"
	expect_equal "$(netns_of "$pe2")" "$(of_sid .netns)" "its network namespace"
	grep -A4 "^sid: $SID_A" <<<"$said" | grep -q "network namespace: $pe2"
	check_err $? "people are not told: $said"
	log_test "SIDs of every network namespace"
}

traffic()
{
	RET=0
	run_ping "$h1a" 10.0.2.1 -c 5 >/dev/null
	look
	expect_equal "$(sid_counters "$pe2" "$SID_A")" "$(of_sid '.counters | "\(.packets) \(.bytes) \(.errors)"')" "counters"
	(($(of_sid .counters.packets) >= 5))
	check_err $? "nothing is counted"
	expect_equal "true $(packets_served)" "$(of_module '"\(.in_service) \([.lookups | to_entries[] | select(.key | startswith("inner_")) | .value] | add)"')" \
		"the module"
	log_test "Counters"
}

drops()
{
	RET=0
	ip netns exec "$pe2" ip route add unreachable 10.9.9.0/24 vrf vrf-100
	ip -n "$pe1" route add 10.9.9.0/24 vrf vrf-100 encap seg6 mode encap segs "$SID_A" dev core
	run_ping "$h1a" 10.9.9.9 -c 3 -W 0.2 >/dev/null
	look
	expect_equal "$(drops_of refused_by_route)" "$(of_module .drops.refused_by_route)" "drops"
	(($(drops_of refused_by_route) > 0))
	check_err $? "nothing was dropped"
	expect_equal "$(drops_of refused_by_route)" "$(of_sid .drops.refused_by_route)" "drops of the SID"
	grep -q "$(drops_of refused_by_route) refused_by_route: a route says unreachable" <<<"$said"
	check_err $? "people are not told what it means: $said"
	awk '{ print $1 }' "$DEBUGFS/drops" | python3 -c "
import sys
sys.path.insert(0, '$SELFTESTS_DIR/../router/observe')
from causes import MEANING
sys.exit([*MEANING] != sys.stdin.read().split())"
	check_err $? "it does not know the causes of the module, all of them and no others"
	log_test "Drops, and what they mean"
}

# By the parser of Prometheus's own library.
metrics()
{
	local said

	RET=0
	said=$("$COMMAND" metrics)
	python3 -c '
import sys
from prometheus_client.parser import text_string_to_metric_families

netns, sid, packets, drops = sys.argv[1:]
families = {family.name: family for family in text_string_to_metric_families(sys.stdin.read())}
value = {
    (sample.name, sample.labels.get("netns"), sample.labels.get("sid"), sample.labels.get("cause")): sample.value
    for family in families.values()
    for sample in family.samples
}
assert all(family.documentation for family in families.values())
assert value["seg6_end_dt4_in_service", None, None, None] == 1
assert value["seg6_end_dt4_sid_packets_total", netns, sid, None] == float(packets), value
assert value["seg6_end_dt4_drops_total", None, None, "refused_by_route"] == float(drops), value
assert value["seg6_end_dt4_sid_drops_total", netns, sid, "refused_by_route"] == float(drops), value
' "$pe2" "$SID_A" "$(sid_counter "$pe2" "$SID_A" packets)" "$(drops_of refused_by_route)" <<<"$said"
	check_err $? "not what is counted: $said"
	log_test "Metrics"
}

metrics_file()
{
	local dir said

	RET=0
	dir=$(mktemp -d)
	defer rm -rf "$dir"
	echo old >"$dir/dt4.prom"
	"$COMMAND" metrics --output "$dir/dt4.prom"
	grep -q '^seg6_end_dt4_in_service 1$' "$dir/dt4.prom"
	check_err $? "the file is not replaced"
	expect_equal 644 "$(stat -c %a "$dir/dt4.prom")" "its mode"
	expect_equal dt4.prom "$(ls -A "$dir")" "what is there"
	said=$("$COMMAND" metrics --output "$dir/nowhere/dt4.prom" 2>&1)
	expect_equal 2 $? "exit status without the directory"
	[[ $said == *"No such file or directory"*nowhere* ]]
	check_err $? "it says '$said'"
	mkdir "$dir/full" && mount -t tmpfs -o size=4k tmpfs "$dir/full" && echo old >"$dir/full/dt4.prom"
	defer umount "$dir/full"
	said=$("$COMMAND" metrics --output "$dir/full/dt4.prom" 2>&1)
	expect_equal 2 $? "exit status on a full disk"
	expect_equal "old dt4.prom" "$(cat "$dir/full/dt4.prom") $(ls -A "$dir/full")" "what is there ($said)"
	log_test "Metrics into a file"
}

# says_twice FILE: that the module serves.
says_twice()
{
	(($(grep -c '^module: in service' "$1") > 1))
}

watch()
{
	local said

	RET=0
	said=$(mktemp)
	defer rm -f "$said"
	timeout 120 "$COMMAND" watch 0.2 >"$said" &
	slowwait "$PATIENCE" says_twice "$said"
	check_err $? "it does not say it again"
	kill $!
	wait $! 2>/dev/null
	log_test "Watch"
}

module_gone()
{
	RET=0
	module_unload
	look
	expect_equal "the kernel" "$(of_sid .served_by)" "who serves the SID"
	expect_equal "$(sid_counters "$pe2" "$SID_A")" "$(of_sid '.counters | "\(.packets) \(.bytes) \(.errors)"')" "counters"
	grep -q "^module: not loaded (none is installed for this kernel); the kernel's own code serves all SIDs" <<<"$said"
	check_err $? "it does not say so: $said"
	"$COMMAND" metrics | grep -q '^seg6_end_dt4_in_service 0$'
	check_err $? "the metrics do not say so"
	module_load
	log_test "Without the module"
}

# Where a command that it asks is not installed, it says which.
no_tool()
{
	local bin said tool

	RET=0
	bin=$(mktemp -d)
	defer rm -rf "$bin"
	for tool in ip modinfo; do
		command -v dirname realpath python3 ip modinfo | xargs ln -sft "$bin"
		rm "$bin/$tool"
		said=$(PATH=$bin "$COMMAND" status 2>&1)
		expect_equal "2 error: $tool is not installed" "$? $said" "what it says"
	done
	log_test "A command is missing"
}

command_lines()
{
	local arguments said

	RET=0
	for arguments in "" "statsu" "status --jason" "status now" "watch soon" "watch 0" "metrics --output"; do
		# shellcheck disable=SC2086 # words
		said=$("$COMMAND" $arguments 2>&1 >/dev/null)
		expect_equal 2 $? "exit status of '$arguments'"
		[[ $said == usage:* ]]
		check_err $? "'$arguments': $said"
	done
	log_test "Command lines that make no sense"
}

require_rust
start_serving
require_topology a
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module loaded with audit=1, and "seg6-end-dt4 audit": the built-in code serves, what would be dropped is counted by cause
# and SID, with a few headers, and nothing of it is left. That its verdicts are the module's is tested with the packets of
# packets/, packets/differential among them.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"
source "$SELFTESTS_DIR/lib/registration.sh"

ALL_TESTS="builtin_serves counts headers not_linear passes_what_it_refuses"
# Of the command a debug kernel says nothing new, and it takes long there.
on_debug_kernel || ALL_TESTS+=" command not_in_service unloads_what_it_loads"
ALL_TESTS+=" nothing_left"
COMMAND=$SELFTESTS_DIR/../router/seg6-end-dt4

# audited NAME
audited()
{
	awk -v key="$1" '$1 == key { print $2 }' "$DEBUGFS/audit"
}

# inject_bad NUMBER: of each of three causes; the built-in code drops the first, and passes the others on.
inject_bad()
{
	local i

	for ((i = 0; i < $1; i++)); do
		cat <<-EOF
			drop segments-left chain(Srh(segments=[SID] * 2, sl=1))
			drop checksum      chain(inner=ipv4(b"secret payload", csum=1))
			drop congestion    chain(tclass=CE, inner=ipv4(b"secret payload", dst="10.0.2.7"))
		EOF
	done | "$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 >/dev/null
	check_err $? "the packets were not sent"
}

builtin_serves()
{
	local errors packets

	RET=0
	expect_equal "audit audit_headers audit_sids" "$(find "$DEBUGFS" -type f -printf '%f\n' | sort | xargs)" "files"
	! echo 0 2>/dev/null >"/sys/module/$MODULE/parameters/audit"
	check_err $? "it can be turned while it is loaded"
	read -r packets _ errors < <(sid_counters "$pe2" "$SID_A")
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	expect_equal "$((packets + 3)) $errors" "$(sid_counters "$pe2" "$SID_A" | cut -d' ' -f1,3)" "packets and errors of the SID"
	(($(audited accepted) >= packets + 3))
	check_err $? "$(audited accepted) were accepted"
	log_test "The built-in code serves, and each packet is seen"
}

counts()
{
	local sids

	RET=0
	inject_bad 3
	expect_equal "3 3 3" "$(audited segments_left) $(audited inner_checksum) $(audited ecn)" "refused"
	sids=$(grep -c "^$(netns_of "$pe2") $SID_A/128 [a-z_]* 3$" "$DEBUGFS/audit_sids")
	expect_equal "3 3" "$sids $(wc -l <"$DEBUGFS/audit_sids")" "causes of the SID, of all"
	log_test "Counted by cause and SID"
}

headers()
{
	RET=0
	inject_bad 3
	expect_equal "4 4 4" "$(for cause in segments_left inner_checksum ecn; do grep -c "^$cause 6" "$DEBUGFS/audit_headers"; done | xargs)" \
		"headers kept of each cause"
	expect_equal 12 "$(wc -l <"$DEBUGFS/audit_headers")" "of all"
	! grep -E ' [0-9a-f]{257}' "$DEBUGFS/audit_headers"
	check_err $? "more than 128 octets"
	! grep "$(printf 'secret' | od -An -tx1 | tr -d ' \n')" "$DEBUGFS/audit_headers"
	check_err $? "payload is among them"
	log_test "The first headers of each cause, and no payload"
}

# And a security label, which only the kernel knows.
not_linear()
{
	local verdicts

	RET=0
	quiet_neighbours
	verdicts=$("$SELFTESTS_DIR/lib/wire_send.py" "$pe1" "$pe2" "$h2a" <<-EOF | xargs
		chain(LARGEST, inner=ipv4(bytes(3000), csum=1))
		chain(LARGEST, LARGEST, LARGEST, inner=ipv4(csum=1))
		chain(inner=ipv4(opts=b"\x86\x08" + bytes(6)))
	EOF
	)
	expect_equal "inner_checksum inner_checksum undecided" "$verdicts" "verdicts"
	log_test "Headers that are not linear, and what cannot be judged"
}

# One of the packets that tell who serves is passed by the built-in code, and would be refused.
passes_what_it_refuses()
{
	local before

	RET=0
	before=$(audited malformed_srh)
	expect_equal c "$(server_of "$SID_A")" "who serves"
	expect_equal 1 "$(($(audited malformed_srh) - before))" "packets that would be refused"
	log_test "What would be refused is passed on"
}

command()
{
	local facts said

	RET=0
	facts=$(mktemp)
	said=$(mktemp)
	defer rm -f "$facts" "$said"
	timeout 280 "$COMMAND" audit --json 270 >"$facts" 2>"$said" &
	slowwait "$PATIENCE" grep -q "^watching for 270 s" "$said"
	check_err $? "it does not begin: $(<"$said")"
	inject_bad 2
	kill -TERM $!
	wait $!
	expect_equal 1 $? "exit status with packets to drop"
	expect_equal '{"segments_left":2,"inner_checksum":2,"ecn":2}' "$(jq -c .refused "$facts")" "refused meanwhile"
	expect_equal "$pe2 $SID_A/128 2" "$(jq -r '.sids[] | select(.cause == "ecn") | "\(.namespace) \(.prefix) \(.packets)"' "$facts")" "of the SID"
	expect_equal 0 "$("$COMMAND" audit 1 >/dev/null 2>&1; echo $?)" "exit status without any"
	module_loaded
	check_err $? "it unloads what it did not load"
	"$COMMAND" audit 1 2>/dev/null | grep -q "^  none would be dropped"
	check_err $? "people are not told: $("$COMMAND" audit 1 2>&1)"
	log_test "The command"
}

not_in_service()
{
	local said

	RET=0
	"$COMMAND" status | grep -q "^module: audits: the kernel's own code serves"
	check_err $? "status: $("$COMMAND" status)"
	expect_equal "the kernel" "$("$COMMAND" status --json | jq -r '[.sids[].served_by] | unique | join(" ")')" "who serves"
	"$COMMAND" doctor | grep -q "^audits: "
	check_err $? "doctor: $("$COMMAND" doctor)"
	said=$("$COMMAND" load 2>&1)
	expect_equal 1 $? "exit status of load"
	[[ $said == *"loaded for an audit; unload it first: seg6-end-dt4 unload" ]]
	check_err $? "load says '$said'"
	"$COMMAND" unload
	check_err $? "it cannot be unloaded"
	module_load
	said=$("$COMMAND" audit 1 2>&1)
	expect_equal 2 $? "exit status of audit while the module serves"
	[[ $said == *"loaded for service, not for an audit"* ]]
	check_err $? "audit says '$said'"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	(($(packets_served) > 0))
	check_err $? "no packet was the module's"
	module_unload
	log_test "It is no service, and the service is no audit"
}

# With the module where modprobe looks for it.
unloads_what_it_loads()
{
	local said dir
	dir=/lib/modules/$(uname -r)

	RET=0
	said=$("$COMMAND" audit 1 2>&1)
	expect_equal 2 $? "exit status without a module"
	[[ $said == "error: no $MODULE is installed for the running kernel, "* ]]
	check_err $? "it says '$said'"
	mount -t tmpfs none "$dir"
	defer umount "$dir"
	cp "$MODULE_KO" "$dir" && depmod 2>/dev/null
	check_err $? "depmod"
	"$COMMAND" audit 1 >/dev/null 2>&1
	expect_equal 0 $? "exit status"
	! module_loaded
	check_err $? "it leaves the module loaded"
	said=$(mktemp)
	defer rm -f "$said"
	"$COMMAND" audit 600 >/dev/null 2>"$said" &
	slowwait "$PATIENCE" module_loaded
	check_err $? "it does not load the module"
	kill -TERM $!
	wait $!
	! module_loaded
	check_err $? "it leaves the module loaded when it is terminated"
	! grep -v "^watching for " "$said"
	check_err $? "it complains when it is terminated"
	log_test "The command unloads what it has loaded"
}

nothing_left()
{
	RET=0
	! module_loaded || module_unload
	check_err $? "it cannot be unloaded"
	expect_equal c "$(server_of "$SID_A")" "who serves"
	[[ ! -e $DEBUGFS ]]
	check_err $? "$DEBUGFS is there"
	ping_works "$h1a" 10.0.2.1
	check_err $? "no traffic"
	log_test "Nothing is left"
}

require_rust
require_machine
insmod "$MODULE_KO" audit=1 || exit "$ksft_fail"
defer module_unload
require_topology a
run_tests

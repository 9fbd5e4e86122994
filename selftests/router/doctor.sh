#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "seg6-end-dt4 doctor": of a healthy router nothing, of one where several things are wrong all of them, of the machine, and who
# may ask. Each fault by itself: doctor_faults.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/doctor.sh"

ALL_TESTS="fresh_vrf healthy several_at_once no_sids module_gone not_root"

# What a VRF lacks as Linux sets it up; the other tests begin without.
fresh_vrf()
{
	RET=0
	look
	expect_equal 1 "$status" "exit status"
	expect "local-first way-out" "$pe1"
	expect "local-first way-out" "$pe2"
	mend
	expect_healthy
	log_test "The ways out of a fresh VRF"
}

healthy()
{
	RET=0
	expect_equal "nothing is wrong" "$("$COMMAND" doctor)" "it says"
	log_test "Nothing is wrong with a router as the README has it"
}

several_at_once()
{
	RET=0
	ip netns exec "$pe2" sysctl -qw net.vrf.strict_mode=0 net/ipv4/conf/vrf-100/rp_filter=1
	ip netns exec "$pe1" sysctl -qw net.ipv4.ip_forward=0
	look
	expect "rp-filter strict-mode" "$pe2"
	expect "not-forwarding" "$pe1"
	"$COMMAND" doctor | grep -q "^not-forwarding (network namespace $pe1): "
	check_err $? "people are not told where"
	mend
	expect_healthy
	ping_works "$h1a" 10.0.2.1
	check_err $? "the tenant gets no answer"
	log_test "Several faults in two namespaces"
}

# A router that boots with VRFs but without strict mode never gets a SID. In other namespaces a VRF alone is nobody's fault.
no_sids()
{
	RET=0
	setup_ns other
	ip -n "$other" link add alone type vrf table 500
	ip link add waiting type vrf table 500
	defer ip link del waiting
	sysctl -qw net.vrf.strict_mode=0
	look
	expect "strict-mode vrf-down"
	expect "" "$other"
	jq -r '.[].text' <<<"$said" | grep -q 'after a restart$'
	check_err $? "it does not say what to do then"
	mend
	expect_healthy
	log_test "VRFs without any SID"
}

# None is installed for this kernel, it was loaded by hand.
module_gone()
{
	RET=0
	module_unload
	look
	expect no-module
	module_load
	expect_healthy
	log_test "The module is gone"
}

not_root()
{
	RET=0
	expect_equal "error: looking needs root" "$(setpriv --reuid 65534 --clear-groups "$COMMAND" doctor 2>&1)" "it says"
	setpriv --reuid 65534 --clear-groups "$COMMAND" doctor &>/dev/null
	expect_equal 2 $? "exit status"
	log_test "Not for everybody"
}

require_rust
start_serving
require_topology a
run_tests

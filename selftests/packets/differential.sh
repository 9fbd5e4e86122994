#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Over 25,000 valid and mutated packets to a SID of End.DT4 and, by differential_ipv6, 10,000 to those of End.DT6 and
# End.DT46, each by the built-in code, by that under audit, and by the module. Where they differ, the packet belongs to a
# class that is known to (differential_classes.py); what the module does agrees with the RFCs; and audit changes nothing,
# and says what the module does.
#
# EVERY	sends only each EVERY-th of them (1)

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

ALL_TESTS="differential"
FAMILY=${FAMILY:-ipv4}

# send_all WHO: what came of each packet goes to $outcomes/WHO.
send_all()
{
	python3 "$TEST_DIR/differential.py" "$FAMILY" send "$outcomes/$1" "$pe1" "$pe2" "$h2a"
	check_err $? "$1: the packets were not sent"
}

differential()
{
	RET=0
	outcomes=$(mktemp -d)
	defer rm -rf "$outcomes"
	send_all builtin
	continue_with_audit
	send_all audit
	module_unload
	continue_with_module
	send_all module
	python3 "$TEST_DIR/differential.py" "$FAMILY" compare "$outcomes"/{builtin,audit,module}
	check_err $? "a difference without a reason, or a wrong outcome"
	log_test "Built-in code, audit and module, packet by packet: $FAMILY"
}

TENANTS_HAVE_IPV6=yes
start_with_builtin
# The host's own answers would be other ones each time.
ip -n "$h2a" route del default
ip -n "$h2a" -6 route del default
# Fragments are kept to the end: their time, when it is over, would be an answer in between.
ip netns exec "$pe2" sysctl -wq net.ipv6.ip6frag_high_thresh=$((1 << 28)) net.ipv6.ip6frag_time=3600
run_tests

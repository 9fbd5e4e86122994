#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parameter Problems to the source, as RFC 8986 wants them; the built-in code is silent.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

CASES=icmpv6_errors.py

# ask QUESTION ARGUMENT: see icmpv6_errors.py.
ask()
{
	python3 "$TEST_DIR/icmpv6_errors.py" "$1" "$pe1" "$pe2" "$h2a" "$2"
}

# answers N: how many answers N packets get.
answers()
{
	ask count "$1"
}

# A token bucket for each destination: a burst of 6, then one per "ratelimit" milliseconds.
rate_limit()
{
	local got

	RET=0
	got=$(answers 40)
	expect_equal 40 "$got" "answers to 40 packets without a limit"
	ip netns exec "$pe2" sysctl -wq net.ipv6.icmp.ratemask=0-1,3-127 net.ipv6.icmp.ratelimit=60000
	defer no_rate_limits
	got=$(answers 40)
	((got >= 1 && got <= 6))
	check_err $? "answers to 40 packets: $got, want 1 to 6"
	log_test "The kernel's rate limit holds"
}

# The drops stay, and are counted.
switched_off()
{
	local before

	RET=0
	before=$(drops_of segments_left)
	echo N >"/sys/module/$MODULE/parameters/icmpv6_errors"
	expect_equal 0 "$(answers 5)" "answers to 5 packets"
	expect_equal $((before + 5)) "$(drops_of segments_left)" "drops"
	echo Y >"/sys/module/$MODULE/parameters/icmpv6_errors"
	expect_equal 5 "$(answers 5)" "answers to 5 packets, on again"
	log_test "Switched off and on"
}

tcpdump_decodes()
{
	RET=0
	start_sniffer "$pe1" -vv -i core -Q in 'icmp6[icmp6type] == 4'
	"$SELFTESTS_DIR/lib/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 >/dev/null <<-END
		drop segments-left chain(Srh(segments=[SID] * 2, sl=1))
		drop upper-layer   chain(Srh(), upper=UDP, inner=udp())
	END
	busywait 10000 capture_has code-#4
	capture_has 'fd00::2 > fd00::1: .*\[icmp6 sum ok\] ICMP6, parameter problem, errone?ous - octet 43'
	check_err $? "no Parameter Problem at octet 43: $(cat "$capture")"
	capture_has 'fd00::2 > fd00::1: .*\[icmp6 sum ok\] ICMP6, parameter problem, code-#4'
	check_err $? "no Parameter Problem, code 4: $(cat "$capture")"
	log_test "tcpdump decodes them"
}

# RFC 4443 section 2.2: an edge with several addresses answers from the one that fits, as it does in its own errors.
source_address()
{
	local source want

	RET=0
	ip -n "$pe2" -6 -batch - <<-EOF
		addr add 2001:db8:1::2/64 dev core nodad
		addr add 2001:db8:ffff::2/128 dev lo nodad
		route add 2001:db8:2::/48 via fd00::1 dev core
		route add 2001:db8:3::/48 via fd00::1 dev core src 2001:db8:ffff::2
		route add fc00:9::/48 via fd00::1 dev core
	EOF
	# The subnet's, another subnet's nearest, and that of the route back.
	while read -r source want; do
		ip -n "$pe2" neigh replace "$source" dev core lladdr "$(mac_of "$pe1" core)" nud permanent
		expect_equal "$want $want" "$(ask answerers "$source")" "who answers $source about a SID, about the hop limit"
	done <<-EOF
		fd00::1 fd00::2
		2001:db8:1::1 2001:db8:1::2
		2001:db8:2::1 2001:db8:1::2
		2001:db8:3::1 2001:db8:ffff::2
	EOF
	log_test "Source address of the errors"
}

start_with_builtin
# Strange, but the kernel allows it.
ip -n "$pe2" -6 route add ff0e::100/128 table local encap seg6local action End.DT4 vrftable 100 dev core || exit
ALL_TESTS=with_builtin
tests_run
continue_with_module
ALL_TESTS="with_module source_address switched_off rate_limit tcpdump_decodes"
run_tests

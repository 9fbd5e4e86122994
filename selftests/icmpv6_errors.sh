#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parameter Problems to the source, as RFC 8986 wants them; the built-in code is silent.

source "$(dirname "$(readlink -f "$0")")/lib.sh"
source "$SELFTESTS_DIR/wire.sh"

CASES=icmpv6_errors.py

# answers N: how many answers N packets get.
answers()
{
	PYTHONDONTWRITEBYTECODE=1 python3 "$SELFTESTS_DIR/icmpv6_errors.py" module "$pe1" "$pe2" "$h2a" "$1"
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

capture_has()
{
	grep -Eq "$1" "$capture"
}

tcpdump_decodes()
{
	local sniffer

	RET=0
	capture=$(mktemp)
	defer rm -f "$capture"
	ip netns exec "$pe1" timeout 60 tcpdump -nn -l -vv -i core -Q in 'icmp6[icmp6type] == 4' >"$capture" 2>&1 &
	sniffer=$!
	defer kill_process "$sniffer"
	busywait 20000 capture_has 'listening on'
	check_err $? "tcpdump did not start"
	"$SELFTESTS_DIR/inject.py" "$pe1" "$h2a" "$SID_A" 10.0.2.1 >/dev/null <<-END
		drop segments-left srh:segs=2:sl=1,ip4
		drop upper-layer   srh,udp
	END
	busywait 10000 capture_has code-#4
	capture_has 'fd00::2 > fd00::1: .*\[icmp6 sum ok\] ICMP6, parameter problem, errone?ous - octet 43'
	check_err $? "no Parameter Problem at octet 43: $(cat "$capture")"
	capture_has 'fd00::2 > fd00::1: .*\[icmp6 sum ok\] ICMP6, parameter problem, code-#4'
	check_err $? "no Parameter Problem, code 4: $(cat "$capture")"
	log_test "tcpdump decodes them"
}

run_with_both rate_limit tcpdump_decodes

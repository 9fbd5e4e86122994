#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The inner packet passes netfilter's PREROUTING with the VRF as its input device.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="drop_by_rule redirect_by_dnat"
served_by c || ALL_TESTS+=" incoming_device"

remove_rules()
{
	ip netns exec "$pe2" nft delete table ip selftest
}

drop_by_rule()
{
	RET=0
	ip netns exec "$pe2" nft -f - <<-EOF
		table ip selftest {
			counter dropped { }
			chain prerouting {
				type filter hook prerouting priority filter
				iifname "vrf-100" ip daddr 10.0.2.1 icmp type echo-request counter name dropped drop
			}
		}
	EOF
	check_err $? "nft refused the rules"
	defer remove_rules
	run_ping "$h1a" 10.0.2.1 -W 0.5 >/dev/null
	check_fail $? "an answer in spite of the rule"
	expect_equal 3 "$(ip netns exec "$pe2" nft -j list counters table ip selftest |
		jq '.nftables[].counter? | select(.).packets')" "packets dropped by the rule"
	log_test "Drop in PREROUTING on the VRF"
}

# One way: what goes into a tunnel by seg6 passes no POSTROUTING, so the answers are not translated back.
redirect_by_dnat()
{
	local before

	RET=0
	ip netns exec "$pe2" nft -f - <<-EOF
		table ip selftest {
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "vrf-100" ip daddr 10.0.2.77 dnat to 10.0.2.1
			}
		}
	EOF
	check_err $? "nft refused the rules"
	defer remove_rules
	before=$(echo_requests "$h2a")
	run_ping "$h1a" 10.0.2.77 -W 0.5 >/dev/null
	expect_equal $((before + 3)) "$(echo_requests "$h2a")" "echo requests at 10.0.2.1 for 10.0.2.77"
	log_test "Destination NAT in PREROUTING on the VRF"
}

# The device that the packet came in by is the VRF, not the port of the core, which belongs to another one.
incoming_device()
{
	RET=0
	ip netns exec "$pe2" nft -f - <<-EOF
		table ip selftest {
			counter of_the_vrf { }
			counter of_the_core { }
			chain forward {
				type filter hook forward priority filter
				meta sdifname "vrf-100" ip daddr 10.0.2.1 counter name of_the_vrf
				meta sdifname "core" ip daddr 10.0.2.1 counter name of_the_core
			}
		}
	EOF
	check_err $? "nft refused the rules"
	defer remove_rules
	ping_works "$h1a" 10.0.2.1
	check_err $? "no answer"
	expect_equal "3 0" "$(ip netns exec "$pe2" nft -j list counters table ip selftest |
		jq -r '[.nftables[].counter? | select(.).packets] | join(" ")')" "packets of the VRF, of the core port"
	log_test "Incoming device in FORWARD"
}

start_serving
require_topology a
run_tests

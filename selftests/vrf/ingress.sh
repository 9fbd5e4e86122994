#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One SID, several interfaces that its packets come in by; one of them belongs to a VRF itself.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="second_interface interface_in_vrf hmac_sysctl"

# comes_in_by DEVICE [SELECTOR...]: the packets for the SID do, and the SID's route (which SELECTOR tells) counts them.
comes_in_by()
{
	local device=$1 before packets
	shift

	before=$(rx_packets "$pe2" "$device")
	packets=$(sid_counter "$pe2" "$SID_A" packets "$@")
	ping_works "$h1a" 10.0.2.1 -c 5
	check_err $? "no traffic by $device"
	(($(rx_packets "$pe2" "$device") - before >= 5))
	check_err $? "the packets did not come in by $device"
	expect_equal 5 $(($(sid_counter "$pe2" "$SID_A" packets "$@") - packets)) "packets of the SID by $device"
}

# second_link DEVICE: the way from pe1 to the SID is another link now.
second_link()
{
	setup_link "$pe1" "$pe2" "$1" "fd00:$1::1" "fd00:$1::2"
	ip -n "$pe1" -6 route replace "$SID_A" vrf vrf-100 via "fd00:$1::2" dev "$1"
}

second_interface()
{
	RET=0
	comes_in_by core
	second_link c2
	comes_in_by c2
	log_test "Second interface"
}

# The packet keeps the mark of a VRF's slave; the inner one still belongs to tenant a.
interface_in_vrf()
{
	RET=0
	second_link c3
	ip -n "$pe2" -batch - <<-EOF
		link add vrf-300 type vrf table 300
		link set vrf-300 up
		link set c3 master vrf-300
		route add $SID_A vrf vrf-300 encap seg6local action End.DT4 vrftable 100 count dev vrf-100
	EOF
	ip -n "$pe2" addr replace fd00:c3::2/64 dev c3 nodad
	comes_in_by c3 vrf vrf-300
	log_test "Interface that belongs to a VRF"
}

# require_hmac DEVICE 0|1
require_hmac()
{
	ip netns exec "$pe2" sysctl -wq "net.ipv6.conf.$1.seg6_require_hmac=$2"
}

# The VRF has received the packet when the sysctl is looked at.
hmac_sysctl()
{
	local device

	RET=0
	for device in all c3 vrf-100; do
		require_hmac "$device" 1
		ping_works "$h1a" 10.0.2.1
		check_err $? "no traffic with seg6_require_hmac of $device"
		require_hmac "$device" 0
	done
	require_hmac vrf-300 1
	ping_works "$h1a" 10.0.2.1 -W 0.5
	check_fail $? "a packet without HMAC passes with seg6_require_hmac of the port's VRF"
	require_hmac vrf-300 0
	log_test "seg6_require_hmac is that of the VRF, not of its port or all"
}

start_serving
require_topology a
run_tests

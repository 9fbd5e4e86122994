#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec across the core: what protected the outer packet is no matter of the inner one.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="tunnel"

# The edge at site 1 sends all that is for site 2 through a tunnel of ESP.
setup_ipsec()
{
	local edge

	for edge in "$pe1" "$pe2"; do
		ip -n "$edge" xfrm state add src fd00::1 dst fd00::2 proto esp spi 0x1000 mode tunnel \
			aead "rfc4106(gcm(aes))" "0x$(printf '%040d' 42)" 128 || return
	done
	ip -n "$pe1" xfrm policy add dir out src ::/0 dst fc00:2::/48 \
		tmpl src fd00::1 dst fd00::2 proto esp mode tunnel
}

# Packets that came through it.
through_ipsec()
{
	ip -n "$pe2" -s xfrm state | grep -A1 "lifetime current:" | grep -oE '[0-9]+\(packets\)' | grep -oE '[0-9]+'
}

# The built-in code keeps IPsec's path at the packet, and the VRF drops it: no policy asks for IPsec.
tunnel()
{
	local before answer=no

	RET=0
	before=$(through_ipsec)
	! ping_works "$h1a" 10.0.2.1 || answer=yes
	expect_equal "$(served_by c && echo no || echo yes)" "$answer" "an answer"
	(($(through_ipsec) > before))
	check_err $? "nothing went through IPsec"
	log_test "IPsec tunnel across the core"
}

modprobe -q esp6 || skip_all "the kernel has no ESP for IPv6"
start_serving
require_topology a
setup_ipsec || exit
run_tests

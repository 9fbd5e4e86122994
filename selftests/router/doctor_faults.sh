#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "seg6-end-dt4 doctor" on a router: each fault that is put in is found, and gone once the commands were run that it prints:
# nothing of it is there when the next one is looked for.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/doctor.sh"

ALL_TESTS="faults traffic"

# Each with what puts it into the second edge. The one before is another one, or what is left of it would not be seen.
FAULTS=(
	"shared-table strict-mode|sysctl -qw net.vrf.strict_mode=0; ip link add second up type vrf table 100"
	"no-vrf|ip link add lost type vrf table 300; ip -6 route add fc00:2::300 encap seg6local action End.DT4 vrftable 300 dev core;
		ip link del lost"
	"vrf-down|ip -6 route add fc00:2::101 encap seg6local action End.DT4 vrftable 100 dev core; ip link set vrf-100 down"
	"strict-mode|sysctl -qw net.vrf.strict_mode=0"
	"vrf-down|ip link add idle type vrf table 400"
	"sid-on-loopback|ip -6 route add fc00:2::102 encap seg6local action End.DT4 vrftable 100 count dev lo"
	"sid-is-own-address|ip addr add fc00:2::101/128 dev core nodad"
	"table-of-vrf|ip -6 route add fc00:2::103 encap seg6local action End.DT6 table 100 dev core"
	"not-forwarding|sysctl -qw net/ipv4/conf/vrf-100/forwarding=0"
	"rp-filter|ip -4 addr flush dev vrf-100; sysctl -qw net/ipv4/conf/vrf-100/rp_filter=2"
	"way-out|ip route flush table 100 type unreachable"
	"rp-filter|ip addr add 10.0.2.253/32 dev vrf-100; sysctl -qw net/ipv4/conf/vrf-100/rp_filter=1"
	"local-first|ip rule add pref 0 table local"
	"no-l3mdev-rule|ip rule del pref 1000"
	"sids-out-of-reach|ip -6 route flush table 100 type throw; ip -6 route add unreachable default table 100"
	"rp-filter|sysctl -qw net/ipv4/conf/vrf-100/rp_filter=0 net.ipv4.conf.all.rp_filter=1"
	"mtu|ip link set core mtu 1500"
	"sids-out-of-reach|ip -6 rule add pref 2000 l3mdev unreachable"
	"no-hmac-key|sysctl -qw net/ipv6/conf/core/seg6_require_hmac=1"
	"hmac-of-all|sysctl -qw net/ipv6/conf/core/seg6_require_hmac=0 net.ipv6.conf.all.seg6_require_hmac=1"
)

# What mending one brings to light: the VRF that was missing is a fresh one; a SID has the first packets of its family enter one.
declare -A AFTER=([no-vrf]=way-out [table-of-vrf]="local-first way-out")

faults()
{
	local fault ids command

	# What a VRF lacks as Linux sets it up.
	look
	mend
	for fault in "${FAULTS[@]}"; do
		RET=0
		IFS='|' read -r -d '' ids command <<<"$fault"
		ip netns exec "$pe2" bash -c "$command"
		check_err $? "cannot put it in"
		look
		expect_equal 1 "$status" "exit status"
		expect "$ids" "$pe2"
		expect "" "$pe1"
		expect ""
		mend
		if [[ ${AFTER[$ids]:-} ]]; then
			look
			expect "${AFTER[$ids]}" "$pe2"
			mend
		fi
		log_test "${ids% *}"
	done
	RET=0
	expect_healthy
	log_test "All mended"
}

# The VRF that was down took the routes by it along, and the last of the faults was mended by asking for HMACs.
traffic()
{
	RET=0
	# shellcheck disable=SC2016 # the inner shell's own
	ip netns exec "$pe2" bash -c 'for file in /proc/sys/net/ipv6/conf/*/seg6_require_hmac; do echo 0 >"$file"; done'
	setup_vpn "$pe2" 2 1 100 2>/dev/null
	ping_works "$h1a" 10.0.2.1
	check_err $? "the tenant gets no answer"
	log_test "Traffic after all that"
}

require_rust
start_serving
require_topology a
run_tests

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests that put single packets on the wire to pe2 (wire.py), first with the built-in End.DT4, then with that while the
# module audits, then with the module.

mac_of()
{
	ip -n "$1" -j link show dev "$2" | jq -r '.[0].address'
}

# Before any route is made: the built-in code serves first. With TENANTS_HAVE_IPV6=yes there is more than IPv4.
start_with_builtin()
{
	require_rust
	require_machine
	require_topology a
	quiet_neighbours
	if [[ ${TENANTS_HAVE_IPV6:-} ]]; then
		setup_ipv6 a 100
		quiet_neighbours_ipv6
	fi
	no_rate_limits
}

# From here on, the module audits.
continue_with_audit()
{
	insmod "$MODULE_KO" audit=1 || exit "$ksft_fail"
}

# From here on, the module serves.
continue_with_module()
{
	module_load || exit "$ksft_fail"
	defer module_unload
}

# Nobody asks who has an address, and in the tenant's VRF any address is behind h2a.
quiet_neighbours()
{
	ip -n "$pe2" neigh replace fd00::1 dev core lladdr "$(mac_of "$pe1" core)" nud permanent
	ip -n "$pe1" neigh replace fd00::2 dev core lladdr "$(mac_of "$pe2" core)" nud permanent
	ip -n "$pe2" neigh replace 10.0.2.1 dev to-a lladdr "$(mac_of "$h2a" eth0)" nud permanent
	ip -n "$pe2" route replace default vrf vrf-100 via 10.0.2.1 dev to-a
}

# The same for IPv6: see setup_ipv6.
quiet_neighbours_ipv6()
{
	ip -n "$pe2" neigh replace 2001:db8:2::1 dev to-a lladdr "$(mac_of "$h2a" eth0)" nud permanent
	ip -n "$pe2" -6 route replace 2001:db8:2::1 vrf vrf-100 dev to-a
	ip -n "$pe2" -6 route replace default vrf vrf-100 via 2001:db8:2::1 dev to-a
	# Nor for others in the prefix: who sends to them would be told later, in the midst of other packets.
	ip -n "$pe2" -6 route del 2001:db8:2::/64 vrf vrf-100 dev to-a
}

no_rate_limits()
{
	ip netns exec "$pe2" sysctl -wq net.ipv6.icmp.ratemask= net.ipv4.icmp_ratemask=0
}

# set_hmac_key NS: key 7 is "secret". ip asks for it on the terminal, if there is one.
set_hmac_key()
{
	ip netns exec "$1" setsid --wait ip sr hmac set 7 sha256 <<<secret >/dev/null
}

# judge WHO CASES.py [ARGUMENT...]: one result for each case; WHO serves now, builtin or module, or looks on, audit.
judge()
{
	local who=$1 cases=$2
	shift 2

	report_cases "$cases" \
		python3 "$TEST_DIR/$cases" "$who" "$pe1" "$pe2" "$h2a" "$@"
}

# The test sets CASES, or has these of its own.
with_builtin()
{
	# shellcheck disable=SC2153
	judge builtin "$CASES"
}

with_audit()
{
	judge audit "$CASES"
}

with_module()
{
	judge module "$CASES"
}

# run_with_both [TEST...]: with_builtin, with_audit, and then with the module loaded with_module and the tests.
# shellcheck disable=SC2120
run_with_both()
{
	start_with_builtin
	ALL_TESTS=with_builtin
	tests_run
	continue_with_audit
	ALL_TESTS=with_audit
	tests_run
	module_unload
	continue_with_module
	ALL_TESTS="with_module $*"
	run_tests
}

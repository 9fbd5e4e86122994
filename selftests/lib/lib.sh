# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every test shares: who serves the SIDs, and reading of counters. The kernel's own library does the
# rest (setup_ns, defer, check_err, log_test, tests_run, busywait); it must not run under "set -eu".
#
# SERVED_BY=rust (default): the module is loaded for the time of the test.
# SERVED_BY=c: the same test against the kernel's built-in End.DT4.

SELFTESTS_DIR=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
TEST_DIR=$(cd "$(dirname "$0")" && pwd)
export PYTHONPATH=$SELFTESTS_DIR/lib PYTHONDONTWRITEBYTECODE=1
SERVED_BY=${SERVED_BY:-rust}
MODULE=seg6_end_dt4
DEBUGFS=/sys/kernel/debug/$MODULE
# For what is over in a moment, seconds: longer than any machine takes, under emulation and with all checkers.
PATIENCE=120

if [[ ! -f ${KSELFTEST_DIR:-}/net/lib.sh ]]; then
	echo "KSELFTEST_DIR='${KSELFTEST_DIR:-}' has no net/lib.sh: set it to tools/testing/selftests of the kernel source"
	exit 1
fi
# shellcheck source=/dev/null
source "$KSELFTEST_DIR/net/lib.sh"
source "$SELFTESTS_DIR/lib/topology.sh"

trap defer_scopes_cleanup EXIT

served_by()
{
	[[ $SERVED_BY == "$1" ]]
}

skip_all()
{
	echo "SKIP: $*"
	exit "$ksft_skip"
}

require_rust()
{
	served_by rust || skip_all "says something about the module only (SERVED_BY=$SERVED_BY)"
}

module_load()
{
	if [[ ! -f ${MODULE_KO:-} ]]; then
		echo "MODULE_KO='${MODULE_KO:-}' is no module: set it to $MODULE.ko, or SERVED_BY=c"
		return 1
	fi
	insmod "$MODULE_KO"
}

module_unload()
{
	"$SELFTESTS_DIR/../router/unload.sh" "$PATIENCE"
}

# One with all checkers, where everything takes several times as long.
on_debug_kernel()
{
	[[ -e /sys/kernel/debug/failslab ]]
}

module_loaded()
{
	[[ -d /sys/module/$MODULE ]]
}

# Whoever decides when the module is loaded begins with this.
require_machine()
{
	((EUID == 0)) || skip_all "needs root"
	modprobe -q vrf || skip_all "the kernel has no VRF"
	if module_loaded; then
		echo "$MODULE is loaded already: unload it first"
		exit "$ksft_fail"
	fi
}

# Called once by every test that adds End.DT4 routes, before it adds any.
start_serving()
{
	require_machine
	served_by rust || return 0
	module_load || exit "$ksft_fail"
	defer module_unload
}

# Inner packets that the module has routed since it was loaded.
packets_served()
{
	awk '/^inner_/ { sum += $2 } END { print sum + 0 }' "$DEBUGFS/lookups"
}

# drops_of CAUSE
drops_of()
{
	awk -v key="$1" '$1 == key { print $3 }' "$DEBUGFS/drops"
}

# netns_of NS: the inode number by which the module knows it.
netns_of()
{
	ip netns exec "$1" stat -L -c %i /proc/self/ns/net
}

drops_total()
{
	awk '{ sum += $3 } END { print sum + 0 }' "$DEBUGFS/drops"
}

# sid_counter NS SID packets|bytes|errors [SELECTOR...]
sid_counter()
{
	ip -n "$1" -j -s -6 route show "$2" "${@:4}" | jq --arg field "$3" '[.. | objects | .[$field]? // empty] | add // 0'
}

# "PACKETS BYTES ERRORS" of the SID in the netns
sid_counters()
{
	ip -n "$1" -j -s -6 route show "$2" | jq -r \
		'[.. | objects | select(has("errors"))][0] | "\(.packets) \(.bytes) \(.errors)"'
}

# Packets received by a device, by the device's own account.
rx_packets()
{
	ip -n "$1" -j -s link show dev "$2" | jq '.[0].stats64.rx.packets'
}

# nstat_counter NS NAME
nstat_counter()
{
	ip netns exec "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

# Echo requests that arrived in the netns.
echo_requests()
{
	nstat_counter "$1" IcmpInEchos
}

# expect_equal WANT GOT WHAT: for use inside a test function.
expect_equal()
{
	[[ $1 == "$2" ]]
	check_err $? "$3: want '$1', got '$2'"
}

# report_cases NAME COMMAND...: one result for each line "VERDICT<tab>NAME<tab>DETAIL" that the command prints.
report_cases()
{
	local command=$1 verdict name detail
	shift

	while IFS=$'\t' read -r verdict name detail; do
		RET=0
		[[ $verdict == ok ]]
		check_err $? "$detail"
		log_test "$name"
	done < <("$@" || printf 'failed\t%s\tit did not run to its end\n' "$command")
}

# Echo requests that arrived at tenant a's and tenant b's host of site 2.
echo_counts()
{
	echo "$(echo_requests "$h2a") $(echo_requests "$h2b")"
}

# expect_own_host TENANT A B: pings from site 1 arrive at the tenant's own host, and at no other; echo_counts said A B
# before.
expect_own_host()
{
	local tenant=$1 a=$2 b=$3 host=h1$1

	ping_works "${!host}" 10.0.2.1
	check_err $? "no answer to tenant $tenant"
	case $tenant in
	a) a=$((a + 3)) ;;
	b) b=$((b + 3)) ;;
	esac
	expect_equal "$a $b" "$(echo_counts)" "echo requests at h2a, h2b"
}

# run_ping NS DESTINATION [PING OPTION...]: three quick echo requests, unless told otherwise.
run_ping()
{
	local ns=$1 destination=$2
	shift 2

	ip netns exec "$ns" ping -n -i 0.02 -c 3 -W 3 "$@" "$destination"
}

ping_works()
{
	run_ping "$@" >/dev/null 2>&1
}

# start_sniffer NS [TCPDUMP ARGUMENT...]: what it says to $capture, until the end of the test.
start_sniffer()
{
	local ns=$1
	shift

	capture=$(mktemp)
	defer rm -f "$capture"
	ip netns exec "$ns" timeout 60 tcpdump -nn -l "$@" >"$capture" 2>&1 &
	sniffer=$!
	defer kill_process "$sniffer"
	busywait 20000 capture_has 'listening on'
	check_err $? "tcpdump did not start"
}

capture_has()
{
	grep -Eq "$1" "$capture"
}

# serve_iperf NS: on its port, until the end of the test.
serve_iperf()
{
	ip netns exec "$1" iperf3 -s >/dev/null 2>&1 &
	defer kill_process $!
	wait_local_port_listen "$1" 5201 tcp
}

run_tests()
{
	tests_run
	exit "$EXIT_STATUS"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of loading and unloading: who serves a SID at this moment, loads and unloads in a loop, and others in the
# kernel's table of behaviours. Source lib.sh first. The module comes and goes within these tests, so they do not call start_serving.

TEST_MODULES=${MODULE_KO%/*}/selftests/modules

# Called once by every test, instead of start_serving.
start_without_module()
{
	require_rust
	require_machine
	defer unload_if_loaded
}

unload_if_loaded()
{
	! module_loaded || module_unload
}

# server_of SID...: "rust", "c" or "nobody", a line for each.
server_of()
{
	"$SELFTESTS_DIR/lib/server_of.py" "$pe1" "$h2a" 10.0.2.1 "$@"
}

# expect_builder rust|c: who makes new routes. Only the module warns of a SID that gets no packets.
expect_builder()
{
	local said

	said=$(ip -n "$pe2" -6 route add fc00:2::1f encap seg6local action End.DT4 vrftable 100 dev lo 2>&1)
	check_err $? "route add"
	ip -n "$pe2" -6 route del fc00:2::1f
	[[ $1 == rust && $said == "Warning: A SID on a loopback device"* || $1 == c && ! $said ]]
	check_err $? "a new route is not built by $1: '$said'"
}

# Everything that a load or an unload must not change.
snapshot()
{
	local ns

	for ns in "$pe1" "$pe2"; do
		ip -n "$ns" -d -6 route show table all
		ip -n "$ns" -d -j -6 route show table all
		ip -n "$ns" -d route show table all
		ip -n "$ns" -d nexthop
		ip -n "$ns" -d -o link show | sed 's/ qlen [0-9]*//'
		ip -n "$ns" -o addr
	done
}

# cycle_module COUNT [COMMAND...]: load, command, unload, command.
cycle_module()
{
	local count=$1 i
	shift

	for ((i = 0; i < count; i++)); do
		module_load && { (($# == 0)) || "$@"; } && module_unload && { (($# == 0)) || "$@"; } || return
	done
}

# insmod_test_module NAME [PARAMETER...]
insmod_test_module()
{
	if [[ ! -f $TEST_MODULES/$1.ko ]]; then
		echo "no $TEST_MODULES/$1.ko: build the modules of the selftests"
		return 1
	fi
	insmod "$TEST_MODULES/$1.ko" "${@:2}"
}

rmmod_test_module()
{
	[[ ! -d /sys/module/$1 ]] || slowwait "$PATIENCE" rmmod "$1" 2>/dev/null
}

# address_of SYMBOL
address_of()
{
	awk -v symbol="$1" '$3 == symbol { print "0x" $1; exit }' /proc/kallsyms
}

# The module's function that End.DT4's packets are led to.
input_function()
{
	awk -v module="[$MODULE]" '$4 == module && $3 ~ /^_R.*callbacks5input.*6EndDt4E/ { print $3 }' /proc/kallsyms
}

# replace_function SYMBOL: somebody else's function in its place in the kernel's table, until rmmod_test_module.
replace_function()
{
	insmod_test_module test_replace_function table="$(address_of seg6_action_table)" function="$(address_of "$1")"
}

mark()
{
	marker="selftest registration $$ $RANDOM"
	echo "$marker" >/dev/kmsg
}

# log_since_mark: what the module itself said since mark.
log_since_mark()
{
	dmesg | sed "1,/$marker/d" | grep -o "$MODULE: .*" | grep -v taint
}

# From here to the end of the test, lines of the module at error level are what the test is about: see run.
errors_are_expected()
{
	echo "selftest: errors of $MODULE are expected" >/dev/kmsg
}

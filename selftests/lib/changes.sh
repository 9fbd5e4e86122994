# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Changes of an edge under traffic, each undone again: what becomes of the very next packet, and of one after the kernel
# has routed others. A test gives a list of them to check_changes. The way of the packets before was found directly and
# remembered, which is seen to. With INNER=ipv6 the tenant's packets are IPv6, by End.DT6.

INNER=${INNER:-ipv4}

# lookups_of NAME...: how often, in all.
lookups_of()
{
	awk -v names=" $* " 'index(names, " " $1 " ") { sum += $2 } END { print sum + 0 }' "$DEBUGFS/lookups"
}

# at_edge COMMAND: on the edge at site 2, where what is changed is.
at_edge()
{
	ip netns exec "$pe2" bash -c "$1"
}

# The tenant's host at site 2.
host()
{
	if [[ $INNER == ipv4 ]]; then
		echo 10.0.2.1
	else
		echo 2001:db8:2::1
	fi
}

# What is asked is answered by echo.py. It begins outside of any subshell, and these ask it, too.
start_echoes()
{
	coproc ECHOES { exec python3 "$SELFTESTS_DIR/lib/echo.py" "$h1a" "$h2a" "$(host)"; }
	# shellcheck disable=SC2153 # bash sets it.
	defer kill_process "$ECHOES_PID"
	exec {echo_requests_to}>&"${ECHOES[1]}" {fates_from}<&"${ECHOES[0]}"
}

# fate [arrival]: of one echo request of tenant a to his host at site 2: lost, arrived or answered. With arrival the answer is
# not waited for.
fate()
{
	local fate

	echo "${1:-}" >&"$echo_requests_to" && read -r -t 60 -u "$fates_from" fate && echo "$fate"
}

arrives()
{
	[[ $(fate arrival) == arrived ]]
}

is_answered()
{
	[[ $(fate) == answered ]]
}

# A packet that is answered, each way by what the module has found and remembered. There are some before: the first one
# to a SID marks it, another one has its route found, and on a slow machine that could be forgotten before the next.
all_direct()
{
	local before

	served_by c && { is_answered; return; }
	is_answered && is_answered && is_answered || return
	before=$(lookups_of inner_direct outer_remembered)
	is_answered && (($(lookups_of inner_direct outer_remembered) - before == 4))
}

# The kernel routes other packets to the host: such that rules, source validation or settings which are against the
# tenant's are for. With that its next hop has an input route again, which every change takes away.
route_others()
{
	if [[ $INNER == ipv6 ]]; then
		ip -n "$pe2" -force -batch - <<-EOF
			route get 2001:db8:2::1 from 2001:db8:9::9 iif vrf-100
			route get 2001:db8:2::9 from 2001:db8:1::1 iif vrf-100
			route get 2001:db8:2::1 from 2001:db8:1::1 iif vrf-100 mark 1 dsfield 8 ipproto udp dport 53
		EOF
	else
		ip -n "$pe2" -force -batch - <<-EOF
			route get 10.0.2.1 from 10.9.0.9 iif vrf-100
			route get 10.0.2.9 from 10.0.1.1 iif vrf-100
			route get 10.0.2.1 from 10.0.1.1 iif vrf-100 mark 1 dsfield 8 uid 1 ipproto udp dport 53
			route get 10.0.2.1 from 10.0.2.9 iif to-a
		EOF
	fi &>/dev/null
}

# fate_is arrives|lost WHICH: of the next packet.
fate_is()
{
	expect_equal "${1/arrives/arrived}" "$(fate arrival)" "$2"
}

# check_change arrives|lost NAME CHANGE UNDO
check_change()
{
	local want=$1 name=$2

	RET=0
	slowwait "$PATIENCE" all_direct
	check_err $? "not each way was found directly before"
	at_edge "$3"
	check_err $? "it cannot be done: $3"
	fate_is "$want" "the packet after: $3"
	route_others
	fate_is "$want" "the packet after others, after: $3"
	at_edge "$4"
	check_err $? "it cannot be undone: $4"
	arrives
	check_err $? "the packet after it was undone is lost"
	log_test "$name"
}

# check_changes: reads lines "arrives|lost | NAME | CHANGE | UNDO", of which it takes each EVERY-th (1).
check_changes()
{
	local line field fields

	while IFS='|' read -r -a line <&3; do
		fields=()
		for field in "${line[@]}"; do
			read -r field <<<"$field"
			fields+=("$field")
		done
		check_change "${fields[@]}"
	done 3< <(sed -n "1~${EVERY:-1}p")
}

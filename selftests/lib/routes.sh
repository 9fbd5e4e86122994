# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the control path: one edge, which needs no traffic.

# An edge named $pe with two VRFs, and a core that leads nowhere.
setup_lone_edge()
{
	defer cleanup_all_ns
	setup_ns pe || return
	setup_edge "$pe"
	ip -n "$pe" -batch - <<-EOF
		link add core type veth peer name far
		link set core up
		link set far up
		addr add fd00::2/64 dev core nodad
		link add vrf-100 type vrf table 100
		link set vrf-100 up
		link add vrf-200 type vrf table 200
		link set vrf-200 up
	EOF
}

# add_sid PARAMETER...: an End.DT4 route.
add_sid()
{
	ip -n "$pe" -6 route add "$SID_A" encap seg6local action End.DT4 "$@"
}

delete_sid()
{
	ip -n "$pe" -6 route del "$SID_A"
}

# In one line, with single spaces.
show_sid()
{
	ip -n "$pe" -6 route show "$SID_A" | xargs
}

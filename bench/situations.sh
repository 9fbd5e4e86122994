# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What can be different about the router, or about who serves it, each to be turned on and off.
# shellcheck disable=SC2154

# rules on|off: policy rules that select something, before all others.
rules()
{
	local verb=add

	[[ $1 == on ]] || verb=del
	ip -4 rule $verb pref 1 from 192.0.2.1 lookup main && ip -6 rule $verb pref 1 from 2001:db8:ffff::1 lookup main
}

# order on|off: the VRFs' rule before that of the local table, as Documentation/networking/vrf.rst recommends.
order()
{
	local family new=32765 old=0

	[[ $1 == on ]] || { new=0 old=32765; }
	for family in -4 -6; do
		ip $family rule add pref $new lookup local && ip $family rule del pref $old lookup local || return
	done
}

# loose on|off: rp_filter=2.
loose()
{
	local verb=replace value=2

	[[ $1 == on ]] || { verb=del value=0; }
	ip addr $verb 10.0.0.253/32 dev vrf100 && sysctl -wq net.ipv4.conf.vrf100.rp_filter=$value
}

# hmac on|off: the core asks for HMACs, by key 7. ip asks for its secret on the terminal, if there is one, and deletes it
# for none.
hmac()
{
	local secret=secret value=1

	[[ $1 == on ]] || secret='' value=0
	setsid --wait ip sr hmac set 7 sha256 <<<"$secret" &>/dev/null && sysctl -wq net.ipv6.conf.core0.seg6_require_hmac=$value
}

# switches NAME...|off: of the module, those that are on.
switches()
{
	local name on

	for name in direct_route remember_route; do
		on=N
		[[ " $* " != *" $name "* ]] || on=Y
		echo $on >"/sys/module/$MODULE/parameters/$name" || return
	done
}

# ebpf on|off: the eBPF program serves the first SID before the kernel gets to it.
ebpf()
{
	if [[ $1 == on ]]; then
		ebpf_load && tc qdisc add dev core0 clsact &&
			tc filter add dev core0 ingress bpf direct-action object-pinned $pins/end_dt4
	else
		tc qdisc del dev core0 clsact && rm -r $pins
	fi
}

# ebpf_tcx on|off: it is attached in the newer way, which iproute2 does not know.
ebpf_tcx()
{
	ebpf_by_tcx "$1" end_dt4
}

# ebpf_table on|off: the one that looks into the table of the VRF without regard to rules.
ebpf_table()
{
	ebpf_by_tcx "$1" end_dt4_table
}

# ebpf_by_tcx on|off NAME
ebpf_by_tcx()
{
	if [[ $1 == on ]]; then
		ebpf_load && bpftool net attach tcx_ingress pinned "$pins/$2" dev core0
	else
		bpftool net detach tcx_ingress dev core0 && rm -r $pins
	fi
}

readonly pins=/sys/fs/bpf/seg6_bench

ebpf_load()
{
	local ifindex

	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf || return
	mkdir $pins && bpftool prog loadall "$directory/end_dt4.bpf.o" $pins pinmaps $pins || return
	printf -v ifindex '%#x' "$(<"/sys/class/net/vrf100/ifindex")"
	# 5f00::d4, vrf100 (of less than 256), table 100
	bpftool map update pinned $pins/sids key hex 5f 0 0 0 0 0 0 0 0 0 0 0 0 0 0 d4 value "$ifindex" 0 0 0 100 0 0 0
}

# many_sids on|off: 10,000 more.
many_sids()
{
	local sids=$directory/many_sids

	if [[ $1 == on ]]; then
		ip -6 -batch "$sids"
	else
		sed 's/^route add \([^ ]*\) .*/route del \1/' "$sids" | ip -6 -batch -
	fi
}

# elsewhere on|off: SIDs are in another namespace only, and have packets there.
elsewhere()
{
	if [[ $1 == off ]]; then
		ip netns del other && setup_sids
		return
	fi
	ip -6 -batch - <<-EOF || return
		route del 5f00::d4
		route del 5f00::c
		route del 5f00::1a
	EOF
	switches off && sleep 1 && switches direct_route remember_route || return
	ip netns add other && nsenter --net=/run/netns/other bash -c "directory=$directory
		source $(dirname "$0")/bench-lib.sh && setup_router && setup_sids &&
		setup_neighbour site0 10.0.0.1 02:00:00:00:01:04 &&
		for i in 1 2 3; do inject srh-64 core0 1 0 && sleep 0.3; done" || return
	(($(awk '$1 == "outer_remembered" { print $2 }' "/sys/kernel/debug/$MODULE/lookups") > 0))
}

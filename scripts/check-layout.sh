#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compare the layouts that the module was compiled with to those of the kernel that will run it.
#
#   check-layout.sh VMLINUX CRATE…    the headers' vmlinux (BTF), the objects of the crates (DWARF)
#
# bindgen reads the source of the target; this proves that source, configuration and kernel belong together.
set -euo pipefail

vmlinux=$1
shift
structs=(dst_entry fib6_config inet6_dev inet6_skb_parm inet_skb_parm ipv6_devconf klp_func klp_object klp_patch
	l3mdev_ops net_device netlink_ext_ack nl_info notifier_block seg6_action_desc seg6_end_dt_info seg6_local_lwt seg6_local_lwtunnel_ops sk_buff
	skb_shared_info)

die() {
	echo "error: $*" >&2
	exit 1
}
command -v pahole >/dev/null || die "pahole is missing; apt-get install pahole"
[ -r "$vmlinux" ] || die "no BTF of the target kernel at $vmlinux; install its linux-headers package"

# pahole complains at length about what it does not know of Rust and of newer BTF; what it prints counts.
layout() { # FORMAT FILE STRUCT
	pahole -F "$1" -C "$3" "$2" 2>/dev/null || true
}

# members: "name offset size" for each member, and "size N" of the whole; without bit-fields and empty members.
# Of an anonymous group, like the headers of an sk_buff, only place and size are seen ("anonymous offset size"):
# bindgen gives some of them a type without members.
members() {
	sed -nE '
		s|^/\* size: ([0-9]+),.*|size \1|p
		s|^	/\* size: ([0-9]+),.*|size \1|p
		s/ __attribute__\(\(__aligned__\([0-9]+\)\)\)//
		s|\(\*([a-z0-9_]+)\)\([^;]*\);|\1;|
		s|\[[0-9]+\];|;|
		s/__bindgen_anon_[0-9]+;/anonymous;/
		s|^	\}; |	} anonymous; |
		s|.*[ *]([A-Za-z0-9_]+); +/\* +([0-9]+) +([1-9][0-9]*) \*/|\1 \2 \3|p' |
		grep -vE '^(_bitfield|__bindgen)' | sed -E 's/^(mod|type)_ /\1 /' | sort
}

failed=0
for struct in "${structs[@]}"; do
	c=$(layout btf "$vmlinux" "$struct")
	[ "$c" ] || die "the target kernel has no struct $struct: this kernel is not supported"
	c_members=$(members <<<"$c") || true
	found=
	for crate in "$@"; do
		rust=$(layout dwarf "$crate" "$struct")
		# What the kernel's own crate only points to, it has without members: those are not ours.
		if [ ! "$rust" ] || grep -q '^	/\* size: 0,' <<<"$rust"; then continue; fi
		found=1
		rust_members=$(members <<<"$rust") || true
		# No difference proves nothing if there is nothing to compare.
		for side in "$rust_members" "$c_members"; do
			grep -qv '^size ' <<<"$side" || die "cannot read the members of struct $struct from what $(pahole --version) prints"
		done
		# What Rust has, C must have in the same place.
		wrong=$(comm -23 <(echo "$rust_members") <(echo "$c_members"))
		if [ "$wrong" ]; then
			failed=1
			printf 'error: struct %s differs from the target kernel in: %s\n--- Rust (%s)\n%s\n--- kernel\n%s\n' \
				"$struct" "$(cut -d' ' -f1 <<<"$wrong" | xargs)" "$crate" "$rust" "$c" >&2
		fi
	done
	[ "$found" ] || die "the module has no struct $struct"
done
exit "$failed"

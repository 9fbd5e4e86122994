#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Compare the layouts that the module was compiled with to those of the kernel that will run it.
#
#   check-layout.sh VMLINUX BINDINGS CRATE…    the headers' vmlinux (BTF), what bindgen has generated, the objects
#                                              of the crates (DWARF)
#
# bindgen reads the source of the target; this proves that source, configuration and kernel belong together.
# Needs pahole; leaves nothing.
set -euo pipefail

vmlinux=$1
bindings=$2
shift 2
structs=(delayed_work dst_entry fib4_rule fib6_config fib6_info fib6_nh fib6_node fib6_rule fib6_table fib_info fib_nh_common
	fib_result fib_rule fib_rules_ops fib_table flowi4 flowi6 flowi_common in_device inet6_dev inet6_protocol inet6_skb_parm
	inet_skb_parm ipv4_devconf ipv6_devconf kernel_param l3mdev_ops lwtunnel_state net net_device
	netlink_ext_ack netns_ipv4 netns_ipv6 netns_sysctl_ipv6 nexthop nl_info pernet_operations rt6_info rtable
	seg6_action_desc seg6_end_dt_info seg6_local_lwt seg6_local_lwtunnel_ops sk_buff skb_shared_info)

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
# bindgen gives some of them a type without members. See anonymous_members.
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
		grep -vE '^(_bitfield|__bindgen)' | sed -E 's/^(match|mod|type)_ /\1 /' | sort
}

# The bit-fields that are used: STRUCTURE, the type that bindgen has made up for its anonymous part, FIELD.
bit_fields() {
	cat <<-EOF
		net_device net_device__bindgen_ty_1__bindgen_ty_1 priv_flags
		sk_buff sk_buff__bindgen_ty_4__bindgen_ty_1 ip_summed
		sk_buff sk_buff__bindgen_ty_4__bindgen_ty_1 l4_hash
		sk_buff sk_buff__bindgen_ty_4__bindgen_ty_1 sw_hash
		sk_buff sk_buff__bindgen_ty_4__bindgen_ty_1 encapsulation
		sk_buff sk_buff__bindgen_ty_4__bindgen_ty_1 slow_gro
	EOF
}

# anonymous_members CRATE: the list of rust/layout.rs, "STRUCTURE MEMBER OFFSET SIZE" in octets.
anonymous_members() {
	objcopy -O binary -j .discard.layout "$1" /dev/stdout 2>/dev/null | od -An -v -w48 -tu1 | awk '
		function number(at) { return $at + 256 * ($(at + 1) + 256 * ($(at + 2) + 256 * $(at + 3))) }
		{
			name = ""
			for (i = 1; i <= 40 && $i; i++) name = name sprintf("%c", $i + 0)
			print name, number(41), number(45)
		}'
}

# place_in_accessor TYPE FIELD: in which group of bit-fields the accessor of bindgen looks, from which bit on, how many.
place_in_accessor() {
	awk -v type="impl $1 {" -v accessor="pub fn $2(&self)" '
		$0 == type { inside = 1 }
		/^}/ { inside = 0 }
		inside && index($0, accessor) { found = 1 }
		found && match($0, /_bitfield_[0-9]+\.get\([0-9]+usize, [0-9]+u8\)/) {
			place = substr($0, RSTART, RLENGTH)
			gsub(/\.get\(|usize, |u8\)/, " ", place)
			print place
			exit
		}' "$bindings"
}

# rust_places CRATE: "STRUCTURE MEMBER BIT BITS" of all of these.
rust_places() {
	local list struct type field group from bits
	list=$(anonymous_members "$1")
	[ "$list" ] || return 0
	awk '$2 !~ /^_bitfield_/ { print $1, $2, $3 * 8, $4 * 8 }' <<<"$list"
	while read -r struct type field; do
		read -r group from bits < <(place_in_accessor "$type" "$field") || die "no accessor of $field in $bindings"
		awk -v struct="$struct" -v field="$field" -v group="$group" -v from="$from" -v bits="$bits" '
			$1 == struct && $2 == group { print struct, field, $3 * 8 + from, bits }' <<<"$list"
	done < <(bit_fields)
}

# c_places STRUCTURE: the same of the kernel, for all members at any depth that have a name.
c_places() {
	layout btf "$vmlinux" "$1" | sed -nE '
		s|\(\*([a-z0-9_]+)\)\([^;]*\);|\1;|
		s|.*[ *]([A-Za-z0-9_]+); +/\* +([0-9]+) +([0-9]+) \*/|\1 \2 0 \3 octets|p
		s|.*[ *]([A-Za-z0-9_]+):([0-9]+); +/\* +([0-9]+): *([0-9]+) +[0-9]+ \*/|\1 \3 \4 \2 bits|p' |
		awk -v struct="$1" '{ print struct, $1, $2 * 8 + $3, $5 == "bits" ? $4 : $4 * 8 }' | sort -u
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

kernel=$(c_places dst_entry && c_places sk_buff && c_places net_device)
found=
for crate in "$@"; do
	places=$(rust_places "$crate")
	[ "$places" ] || continue
	found=1
	wrong=$(comm -23 <(sort <<<"$places") <(sort <<<"$kernel"))
	if [ "$wrong" ]; then
		failed=1
		printf 'error: not where the target kernel has them (structure, member, first bit, bits):\n%s\n' "$wrong" >&2
	fi
done
[ "$found" ] || die "the module has no list of anonymous members, rust/layout.rs"
# priv_flags() reads four octets at the start of the bit-fields.
grep -qx 'net_device priv_flags 0 32' <<<"$kernel" ||
	die "priv_flags of the target kernel is not the first four octets of net_device"
exit "$failed"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make a debug kernel of the source of a stock one, with all checkers that scripts/debug.config names, and print
# its directory, which looks like the one that kernel.sh makes. Runs in the build root; the directory stays in the cache (1.8 GB).
#
#   debug-kernel.sh STOCK    the directory that kernel.sh has made
set -euo pipefail
. "$(dirname "$0")/lib.sh"

stock=$1
config=$top/scripts/debug.config
options=$(grep -E '^(CONFIG_|# CONFIG_)' "$config")
rel=${stock##*/kernel-}-debug-$(sha256sum <<<"$options" | cut -c1-8)
kernel=$cache/kernel-$rel
tmp=$cache/tmp.kernel-$rel
log=$cache/kernel-$rel.log
make=(make -s -C "$tmp/source" CC="$(kernel_cc "$stock/source/.config")" KERNELRELEASE="$rel")

# The stock kernel's source, without what was made in it. Links: nothing writes to a file that it did not make.
copy_source() {
	local bindings=$tmp/source/Documentation/devicetree/bindings
	# mrproper looks for the bindings, which kernel.sh has left out.
	mkdir -p "$tmp" &&
		cp -al "$stock/source" "$tmp/" &&
		mkdir -p "$bindings" &&
		: >"$bindings/Makefile" &&
		"${make[@]}" mrproper || return
	# Kconfig wants clang for both. This gcc and rustc have the same shadow map and call the same functions.
	sed -i '/^\tdepends on !KASAN || CC_IS_CLANG$/d' "$tmp/source/init/Kconfig"
}

configure() {
	"${make[@]}" allnoconfig KCONFIG_ALLCONFIG="$config"
}

# lost: the options that Kconfig has dropped, which it does without a word.
lost() {
	grep -vxFf "$tmp/source/.config" <<<"$options" | xargs || true
}

compile() {
	"${make[@]}" -j"$(nproc)" bzImage modules &&
		"${make[@]}" INSTALL_MOD_PATH="$tmp/modules" modules_install &&
		cp "$tmp/source/arch/x86/boot/bzImage" "$tmp/modules/lib/modules/$rel/vmlinuz" &&
		rm -f "$tmp/modules/lib/modules/$rel"/{build,source}
}

# What building a module, and reading a stack trace (scripts/faddr2line vmlinux), do not need.
strip_source() {
	mv "$tmp/source/vmlinux" "$tmp/vmlinux"
	rm -f "$tmp"/source/{vmlinux*,.tmp_*,System.map} "$tmp/source/arch/x86/boot/bzImage"
	find "$tmp/source" \( -path "$tmp/source/scripts" -o -path "$tmp/source/tools" \) -prune -o \
		-type f \( -name '*.o' -o -name '*.a' \) -exec rm {} +
}

make_kernel() {
	need_space 4000
	step "copying the source of ${stock##*/kernel-}" "$log" copy_source || die "cannot copy the source: $(why "$log")"
	step "configuring the debug kernel" "$log" configure || die "cannot configure $rel: $(why "$log"); whole log: $log"
	lost=$(lost)
	[ -z "$lost" ] || die "${config#"$top"/}: this kernel does not take $lost"
	watched=$tmp/source step "building $rel (about 20 CPU minutes)" "$log" compile ||
		die "cannot build $rel: $(why "$log"); whole log: $log"
	strip_source
	mv "$tmp" "$kernel"
	say "  kernel $rel: $(size "$kernel") in $kernel"
}

make_once "$kernel" "$tmp" make_kernel
echo "$kernel"

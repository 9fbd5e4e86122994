#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On a Debian machine itself: make the KDIR of an installed kernel, KREL=, of the packages linux-headers-KREL and
# linux-source-X.Y, and print its path, like kernel.sh. DKMS builds the module with it (debian/seg6-end-dt4-dkms.dkms).
#
#   source/   what building a module needs (400 MB)
#   vmlinux   the release's BTF
#   version   of the packages
#
# The directory stays in the cache, for a new version of the module: the kernel's source may be gone by then.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernel-source.sh"

rel=${KREL:?which kernel?}
kernel=$cache/kernel-$rel
tmp=$cache/tmp.kernel-$rel
log=$cache/kernel-$rel.log
headers=/usr/src/linux-headers-$rel
series=$(series_of "$rel") || die "$rel is not a kernel release"
tarball=/usr/src/linux-source-$series.tar.xz

version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }

take_installed() {
	unpack_source "$tarball" "$tmp/source" &&
		take_headers "$headers" &&
		echo "$version" >"$tmp/version"
}

# Three quarters of the source are of no use to a module. Headers stay, for they include each other.
trim_source() {
	cd "$tmp/source"
	find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 -exec rm -rf {} +
	rm -rf drivers sound fs samples Documentation crypto mm block ipc io_uring usr \
		tools/{testing,perf,arch,power,bpf}
	cd /
}

make_kernel() {
	local source
	source=$(version "linux-source-$series")
	if [ ! -e "$tarball" ] || [ "$source" != "$version" ]; then
		not_served "$rel needs linux-source-$series of its own version, $version (installed is ${source:-none}): apt-get install linux-source-$series=$version"
	fi
	need_space 2000
	mkdir -p "$tmp/source"
	watched=$tmp step "unpacking the source of kernel $rel" "$log" take_installed ||
		die "cannot unpack $tarball: $(why "$log")"
	prepare_source "$tmp/source" "$log"
	trim_source
	mv "$tmp" "$kernel"
	rm -f "$log"
}

if [ ! -e "$headers/.config" ]; then
	# They are of no use to a kernel that lacks what it takes.
	[ ! -e "/boot/config-$rel" ] || "$top/scripts/check-config.sh" "/boot/config-$rel"
	not_served "$rel needs linux-headers-$rel: apt-get install linux-headers-$rel"
fi
check_kernel "$headers/.config"
version=$(version "linux-headers-$rel")
# The same release, built anew: everything may lie elsewhere.
[ "$version" = "$(cat "$kernel/version" 2>/dev/null || echo "$version")" ] || rm -rf "$kernel"
make_once "$kernel" "$tmp" make_kernel
echo "$kernel"

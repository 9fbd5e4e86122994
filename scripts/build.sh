#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the module into build/<release>/, or with --check from scratch into build/check/ with clippy and
# every warning an error. Runs in the build root, and with --installed on a Debian machine itself, for the kernel KREL=
# that is installed there (DKMS does that). Leaves the log in build/log/, and prints the module's path.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

if [ "${1:-}" = --installed ]; then
	kernel=$("$top/scripts/kernel-installed.sh")
else
	kernel=$("$top/scripts/kernel.sh")
fi
rel=${kernel##*/kernel-}
cc=$(kernel_cc "$kernel/source/.config")
out=$top/build/$rel
log=$top/build/log/build.log
options=()
if [ "${1:-}" = --check ]; then
	out=$top/build/check
	log=$top/build/log/clippy.log
	options=(CLIPPY=1)
fi
[ -z "${V:-}" ] || options+=("V=$V")
mkdir -p "$top/build/log"

# One build at a time in this checkout. Who uses what is built, a VM or bench.sh with its own module, holds no lock:
# after a change of the source, another run's build replaces it.
exec 8>"$top/build/lock"
flock -n 8 || {
	say "waiting for another build in $top/build …"
	flock 8
}

# kbuild DIR OUT: the modules of DIR.
kbuild() {
	mkdir -p "$2"
	make --no-print-directory -C "$kernel/source" CC="$cc" KERNELRELEASE="$rel" M="$1" MO="$2" \
		SEG6_VMLINUX="$kernel/vmlinux" -j"$(nproc)" "${options[@]}" modules 2>&1 | tee -a "$log" >&2 ||
		die "${1#"$top"/} does not build; see above or ${log#"$top"/}"
}
: >"$log"
[ "${1:-}" != --check ] || rm -rf "$out" # a warning is only printed when the file is compiled
kbuild "$top" "$out"
# What only the selftests load.
[ "${1:-}" = --installed ] || kbuild "$top/selftests/modules" "$out/selftests/modules"
if [ "${1:-}" = --check ] && grep -nE '(^|[^-])\b[Ww]arning\b' "$log" >&2; then
	die "the build is not free of warnings"
fi
echo "$out/seg6_end_dt4.ko"

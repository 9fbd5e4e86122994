#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Have DKMS build the module for each installed kernel that lacks it. The package's trigger runs this when kernels, headers or
# sources come or go, once all packages are configured: in whatever order apt does that, it finds all that there is. A
# kernel that cannot be served costs one line, and never an error: apt goes on. Needs root.
#
#   dkms-kernels.sh
set -euo pipefail

name=seg6-end-dt4
version=$(dpkg-query -W -f '${Version}' "$name-dkms")
export PATH=/usr/sbin:/usr/bin:/sbin:/bin # no rustc of the administrator's
export SEG6_END_DT4_CACHE=/var/cache/$name
# shellcheck source=../scripts/lib.sh
. "/usr/src/$name-$version/scripts/lib.sh"

tell() { echo "$name: $*"; }

# outdated REL: the kernel's packages were replaced since the module was built.
outdated() {
	local built
	{ read -r built <"$cache/kernel-$1/version"; } 2>/dev/null || return 0
	[ "$built" != "$(dpkg-query -W -f '${Version}' "linux-headers-$1" 2>/dev/null || echo "$built")" ]
}

is_installed() { dkms status -m "$name" -v "$version" -k "$1" | grep -q ': installed'; }

# build REL: its log is $log.
build() {
	local rel=$1 failed=/var/lib/dkms/$name/$version/build/make.log cause=
	if is_installed "$rel"; then
		outdated "$rel" || return 0
		dkms remove -m "$name" -v "$version" -k "$rel" >"$log" 2>&1 || true
	fi
	rm -f "$failed"
	if step "$name: building the module for $rel" "$log" dkms install -m "$name" -v "$version" -k "$rel" 2>&1 &&
		is_installed "$rel"; then
		return 0
	fi
	# The first is the cause, what follows from it comes after.
	[ ! -e "$failed" ] || cause=$(sed -nE 's/^error(\[E[0-9]+\])?: //p' "$failed" | head -n 1)
	[ "$cause" ] || cause=$(why "$log")
	tell "no module for $rel: $cause"
}

[ ! -e /etc/dkms/no-autoinstall ] || {
	tell "builds nothing, as /etc/dkms/no-autoinstall wants it"
	exit 0
}
mkdir -p "$cache"
log=$(mktemp)
trap 'end_beat; rm -f "$log"' EXIT
for dir in "$cache"/kernel-*/; do
	[ ! -d "$dir" ] || [ -e "/usr/lib/modules/$(basename "${dir#*/kernel-}")" ] || rm -rf "$dir"
done
for dir in /usr/lib/modules/*/; do
	# What is left of a kernel that is gone has no such file.
	[ ! -e "$dir/modules.builtin" ] || build "$(basename "$dir")" || tell "no module for $(basename "$dir")"
done

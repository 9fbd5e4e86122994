#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Load the module that is installed for the running kernel. Needs root.
#
#   load.sh
set -euo pipefail

name=seg6_end_dt4

die() {
	echo "error: $*" >&2
	exit 1
}

# The kernels that the module is installed for, the running one aside.
elsewhere() {
	local dir
	for dir in /lib/modules/*/; do
		dir=$(basename "$dir")
		! modinfo -k "$dir" "$name" >/dev/null 2>&1 || echo "$dir"
	done | paste -sd, | sed 's/,/, /g'
}

[ $# = 0 ] || die "usage: $0"
[ "$(id -u)" = 0 ] || die "loading needs root"
release=$(uname -r)
installed=$(modinfo -k "$release" -F version "$name" 2>/dev/null) || installed=

if [ -d "/sys/module/$name" ]; then
	loaded=$(cat "/sys/module/$name/version")
	[ "$(cat "/sys/module/$name/parameters/audit" 2>/dev/null)" != Y ] ||
		die "$name $loaded is loaded for an audit; unload it first: seg6-end-dt4 unload"
	echo "$name $loaded is loaded already"
	[ "${installed:-$loaded}" = "$loaded" ] || echo "$installed is installed: seg6-end-dt4 unload, and load again"
	exit 0
fi
[ "$installed" ] || {
	others=$(elsewhere)
	die "no $name is installed for the running kernel, $release (for others: ${others:-none}): boot one of those, or install \
linux-headers-$release and its linux-source, of which DKMS then builds it"
}
said=$(modprobe "$name" 2>&1) || case $said in
*'Key was rejected'* | *'Required key'* | *'not permitted'*)
	die "this kernel takes only modules signed with a key that it trusts (Secure Boot?); seg6-end-dt4(8) says how: $said"
	;;
*) die "$said; the kernel says: $(dmesg 2>/dev/null | grep -F "$name" | tail -n 1)" ;;
esac
echo "$name $installed is loaded"

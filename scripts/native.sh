#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# On the router itself: build the module for the running kernel (or KREL=) with the machine's own packages, without
# the build root. Needs root to install, and the packages that it names if they are missing.
#
#   native.sh build | install
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export KREL=${KREL:-$(uname -r)}
needed="$(gcc_of "$(suite_of "$KREL")") gcc libc6-dev make bc bison flex libelf-dev libssl-dev
	rustc rust-src bindgen pahole kmod xz-utils"
ko=$top/build/$KREL/seg6_end_dt4.ko

build() {
	local name missing=
	[ ! -r "/boot/config-$KREL" ] || "$top/scripts/check-config.sh" "/boot/config-$KREL"
	for name in $needed; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=" $name"
	done
	[ -z "$missing" ] || die "packages are missing; as root run: apt-get install --no-install-recommends$missing"
	# Prepared by another compiler in another place: not the build root's kernels.
	cache=$cache/native
	export SEG6_END_DT4_CACHE=$cache
	host_apt
	"$top/scripts/build.sh" --native
}

install_module() {
	[ -e "$ko" ] || die "$ko is missing; run: make native KREL=$KREL"
	[ "$(id -u)" = 0 ] || die "installing needs root"
	[ -d "/lib/modules/$KREL" ] || die "kernel $KREL is not installed here; KREL= selects another"
	install -D -m 644 "$ko" "/lib/modules/$KREL/updates/seg6_end_dt4.ko"
	depmod "$KREL"
	say "installed for $KREL; load it: modprobe seg6_end_dt4; at every boot: echo seg6_end_dt4 >/etc/modules-load.d/seg6_end_dt4.conf"
}

case ${1:-} in
build) build ;;
install) install_module ;;
*) die "usage: $0 build | install" ;;
esac

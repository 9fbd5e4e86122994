#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The source is installed where there is no room to prepare it: apt goes on, and nothing is left half-made.
. "$(dirname "$0")/lib.sh"

need_dkms
older=$(older_kernel)
series=$(cut -d. -f1,2 <<<"$older")
mkdir -p "$work/dkms/var/cache/$name"
# The router's own mounts are of a namespace that ends with each command.
mount -t tmpfs -o size=300M tmpfs "$work/dkms/var/cache/$name"
trap 'umount "$work/dkms/var/cache/$name"' EXIT
says "$name: no module for $older: /var/cache/$name: 300 MB free, 2000 MB needed" \
	apt dkms install -t trixie-backports "linux-source-$series=$(version_in dkms "linux-headers-$older")"
[ ! "$(find "$work/dkms/var/cache/$name" -name 'tmp.*')" ] || die "something is left there"
apt dkms check

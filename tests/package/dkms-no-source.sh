#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router whose kernel has the source of another version: one line says which it lacks, and apt is content.
. "$(dirname "$0")/lib.sh"

older=$(older_kernel)
[ "$older" ] || {
	echo "the archive has no kernel but $KREL"
	exit 4
}
cp -a "$work/base" "$work/dkms"
apt dkms install -t trixie-backports "linux-image-$older" "linux-headers-$older" linux-source libelf-dev
version=$(version_in dkms "linux-headers-$older")
offer dkms "$work"/deb-this/*.deb
says "$name: no module for $older: $older needs linux-source-$(cut -d. -f1,2 <<<"$older") of its own version, $version (installed is none): apt-get install linux-source-" \
	apt dkms install $name $name-dkms
[ "$(grep -c 'no module for' "$work/said")" = 1 ] || die "it says so more than once"

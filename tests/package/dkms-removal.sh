#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel goes, and its module with it. Then the packages are purged under traffic.
. "$(dirname "$0")/lib.sh"

need_dkms
older=$(older_kernel)
apt dkms purge "linux-*-$older"
[ ! -e "$work/dkms/var/cache/$name/kernel-$older" ] || die "its source stays in the cache"
[ ! "$(in_router dkms find /usr/lib/modules /var/lib/dkms -path "*$older*" -name 'seg6*')" ] || die "its module stays"
has_module dkms "$KREL" "$(version_in dkms $name-dkms)"
boot dkms "$KREL" removal version="$(version_in dkms $name)"
rm -rf "$work/dkms" # five gigabytes

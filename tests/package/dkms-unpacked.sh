#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An upgrade that was cut off between unpacking and configuring is finished later.
. "$(dirname "$0")/lib.sh"

need_dkms
older=$(older_kernel)
offer dkms "$work"/deb-next/*.deb
in_router dkms sh -c 'dpkg --unpack /repo/seg6-end-dt4*_*next_all.deb'
apt dkms install --fix-broken
in_router dkms dpkg --configure --pending
apt dkms check
[ ! "$(in_router dkms dpkg --audit)" ] || die "dpkg has something to say"
has_module dkms "$older" "$(version_in dkms $name-dkms)"

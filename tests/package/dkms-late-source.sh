#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The source comes after the packages: DKMS builds the module without being asked.
. "$(dirname "$0")/lib.sh"

need_dkms
older=$(older_kernel)
version=$(version_in dkms $name-dkms)
apt dkms install --reinstall -t trixie-backports "linux-source-$(cut -d. -f1,2 <<<"$older")=$(version_in dkms "linux-headers-$older")"
has_module dkms "$older" "$version"

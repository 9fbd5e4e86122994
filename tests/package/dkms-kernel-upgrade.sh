#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A new kernel, its headers and its source come in one run of apt, in the order that apt likes: both kernels have the module
# then, and the router boots into the new one.
. "$(dirname "$0")/lib.sh"

need_dkms
version=$(version_in dkms $name-dkms)
apt dkms install -t trixie-backports linux-image-amd64 linux-headers-amd64 linux-source
has_module dkms "$KREL" "$version"
has_module dkms "$(older_kernel)" "$version"
boot dkms "$KREL" served version="$version"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A kernel without Rust is installed: one line says that it cannot be served, apt is content, and the other kernels keep
# their modules. A module that is signed by DKMS's own key stays so.
. "$(dirname "$0")/lib.sh"

need_dkms
old=$(other_kernels '6\.12\.[0-9]*+deb13-amd64' | tail -n 1)
[ "$old" ] || die "the archive has no kernel of Debian 13's own"
says "$name: no module for $old: " apt dkms install "linux-image-$old" "linux-headers-$old"
grep -F "$name: no module for $old: " "$work/said" | grep -F RUST || die "it does not say why"
apt dkms check
has_module dkms "$KREL" "$(version_in dkms $name-dkms)"
[ "$(in_router dkms modinfo -k "$KREL" -F sig_key seg6_end_dt4)" ] || die "DKMS has not signed the module"
boot dkms "$old" not-served

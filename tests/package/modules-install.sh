#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module built for one kernel takes no compiler.
. "$(dirname "$0")/lib.sh"

version=$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)
offer modules "$work"/deb-this/*.deb
apt modules install $name "$name-modules-$KREL"
has_module modules "$KREL" "$version"
if in_router modules sh -c 'command -v gcc rustc make dkms'; then die "a compiler came with it"; fi

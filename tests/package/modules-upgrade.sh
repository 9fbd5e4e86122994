#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# It is loaded at boot. Another version is installed over it under traffic, goes into service by a restart, and is purged.
. "$(dirname "$0")/lib.sh"

version=$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)
cp "$work"/deb-next/*.deb "$work/modules/repo/"
(cd "$work/modules/repo" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
boot modules "$KREL" upgrade version="$version" next="$version+next"

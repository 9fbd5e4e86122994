#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Remove the cache: the build root, the kernels, downloaded crates.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ -e "$cache" ] || exit 0
# Never another directory that someone named by mistake. On a router there may be only what make native has left.
native=$cache/native/lock
[ -e "$cache/lock" ] || [ -e "$native" ] || die "$cache does not look like this project's cache; not removing it"
if [ -e "$native" ]; then
	exec 8>"$native"
	flock -n 8 || die "make native is filling $cache; run this again when it is done"
fi
lock_cache
say "removing $cache ($(size "$cache"))"
as_root rm -rf "$cache"

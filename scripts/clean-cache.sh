#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Remove the cache: the build root, the kernels, downloaded crates.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ -e "$cache" ] || exit 0
# Never another directory that someone named by mistake.
[ -e "$cache/lock" ] || die "$cache does not look like this project's cache; not removing it"
lock_cache
say "removing $cache ($(size "$cache"))"
as_root rm -rf "$cache"

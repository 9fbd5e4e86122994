#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Write docs/unsafe.md, the list of every use of unsafe with its argument, or with --check find out if it is
# what the source says. Fails if a use has no argument, or if there is one in src/. Runs in the build root.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

page=docs/unsafe.md
cd "$top"
new=$(mktemp)
trap 'rm -f "$new"' EXIT

export CARGO_TARGET_DIR=$cache/cargo-target
audit=(--quiet --locked --manifest-path scripts/unsafe-audit/Cargo.toml)
[ "${1:-}" != --check ] || cargo test "${audit[@]}"
cargo run "${audit[@]}" -- rust src >"$new" || die "each use of unsafe needs a SAFETY comment, an unsafe function a # Safety section"
! grep -q '^## src/' "$new" || die "unsafe code in src/: it belongs into an abstraction in rust/"
grep -q '^#!\[forbid(unsafe_code)\]$' src/seg6_end_dt4.rs || die "src/seg6_end_dt4.rs does not forbid unsafe_code"
if [ "${1:-}" = --check ]; then
	diff -u "$page" "$new" || die "$page is out of date: make unsafe-audit"
else
	cp "$new" "$page"
fi

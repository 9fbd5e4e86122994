#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Render the documentation of both crates into build/doc/, warnings being errors. Runs in the build root after
# build.sh: Kbuild keeps the rustc command of each crate, and rustdoc takes the same one but for the output.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$("$top/scripts/kernel.sh")
cd "$top/build/${kernel##*/kernel-}" || die "there is no build; run: make modules"
out=$top/build/doc
export RUSTC_BOOTSTRAP=1 # as Kbuild does: the kernel uses unstable features
export SEG6_END_DT4_OBJ=$PWD # as Kbuild: where the bindings are
rm -rf "$out"

for object in rust/lib src/seg6_end_dt4; do
	saved=$(dirname "$object")/.$(basename "$object").o.cmd
	[ -e "$saved" ] || die "$object.o is not built; run: make modules"
	# The command ends with the crate's root file; objtool's may follow. Make has doubled each dollar.
	command=$(sed -nE '1s/^savedcmd_[^ ]* := (.* [^ ;]*\.rs)( .*|;.*)?$/\1/p' "$saved" |
		sed -E 's/\$\$/$/g; s/ rustc / rustdoc /; s/ clippy-driver / rustdoc /; s/ --emit=[^ ]*//g; s/ --out-dir [^ ]*//; s/ --crate-type [^ ]*//')
	[ "$command" ] || die "cannot read the compiler's command from $saved"
	eval "$command" --output "$out" --document-private-items -Dwarnings -Arustdoc::private_intra_doc_links
done
say "build/doc/seg6_end_dt4/index.html"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Render the documentation of both crates into build/doc/, warnings being errors, and compile the examples in it.
# Runs in the build root after build.sh: Kbuild keeps the rustc command of each crate, and rustdoc takes the same one
# but for the output.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$("$top/scripts/kernel.sh")
cd "$top/build/${kernel##*/kernel-}" || die "there is no build; run: make modules"
out=$top/build/doc
export RUSTC_BOOTSTRAP=1 # as Kbuild does: the kernel uses unstable features
export SEG6_END_DT4_OBJ=$PWD # as Kbuild: where the bindings are
rm -rf "$out"

# command_of OBJECT TOOL: the command that made it, but for what it writes.
command_of() {
	local saved command
	saved=$(dirname "$1")/.$(basename "$1").o.cmd
	[ -e "$saved" ] || die "$1.o is not built; run: make modules"
	# The command ends with the crate's root file; objtool's may follow. Make has doubled each dollar.
	command=$(sed -nE '1s/^savedcmd_[^ ]* := (.* [^ ;]*\.rs)( .*|;.*)?$/\1/p' "$saved" |
		sed -E "s/\\$\\$/$/g; s/ (rustc|clippy-driver) / $2 /; s/ --emit=[^ ]*//g; s/ --out-dir [^ ]*//")
	[ "$command" ] || die "cannot read the compiler's command from $saved"
	echo "$command"
}

for object in rust/lib src/seg6_end_dt4; do
	command=$(command_of "$object" rustdoc)
	eval "${command/ --crate-type rlib/}" --output "$out" --document-private-items -Dwarnings -Arustdoc::private_intra_doc_links
done

# The example is a module of its own: rustdoc cannot compile it as a test, which would need a standard library.
example=$out/example.rs
awk '/^\/\/\/ ```/ { inside = !inside; next } inside { sub(/^\/\/\/ ?/, ""); print }' "$top/rust/seg6_local/module.rs" >"$example"
command=$(command_of src/seg6_end_dt4 rustc)
eval "${command% *}" "$example" --crate-name example --emit=metadata="$out/example.rmeta" -Dwarnings -Amissing_docs ||
	die "the example of module_seg6_behaviour! does not compile"
say "build/doc/seg6_end_dt4/index.html"

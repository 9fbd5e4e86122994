# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # top, tmp and rel, the release, are of those that source it
# Sourced by kernel.sh and kernel-installed.sh: make a KDIR of a kernel's source. Debian's header packages have no Rust
# metadata, so it takes the source, configured as that release and prepared by the compilers that it was built with.

# series_of REL: 7.3, which names its linux-source.
series_of() { grep -oE '^[0-9]+\.[0-9]+' <<<"$1"; }

# check_kernel CONFIG: refuse what cannot be served, and set cc to the kernel's compiler. Another rustc than the kernel's
# would make metadata that it refuses, with a longer story.
check_kernel() {
	local want have
	"$top/scripts/check-config.sh" "$1"
	cc=$(kernel_cc "$1")
	command -v "$cc" >/dev/null || not_served "$rel was built with ${cc:-an unknown compiler}, which is not here"
	want=$(sed -n 's/^CONFIG_RUSTC_VERSION=//p' "$1")
	have=$(rustc --version | awk '{ split($2, v, "."); print v[1] * 100000 + v[2] * 100 + v[3] }')
	[ "$want" = "$have" ] ||
		not_served "$rel was built with rustc $((want / 100000)).$((want / 100 % 1000)).$((want % 100)), here is $(rustc --version); use the rustc of that Debian release (not of its backports, nor of PATH)"
}

# unpack_source TARBALL DIR: without its largest driver (a third of its size) and its documentation; - is stdin.
unpack_source() {
	tar -xJf "$1" -C "$2" --strip-components=1 --exclude='*/drivers/gpu/drm/amd/*.[ch]' \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/devicetree/*'
}

# take_headers DIR: what the source lacks of the release is in its headers package.
take_headers() {
	cp "$1/.config" "$1/Module.symvers" "$tmp/source/" &&
		cp "$1/vmlinux" "$tmp/"
}

# prepare_source DIR LOG: make a KDIR for $rel, which check_kernel has seen, of a source with the release's .config.
prepare_source() {
	watched=${1%/*} step "preparing its source (about 2 CPU minutes)" "$2" make -C "$1" \
		CC="$cc" KERNELRELEASE="$rel" -j"$(nproc)" modules_prepare ||
		die "cannot prepare kernel $rel: $(why "$2"); whole log: $2"
	# Kconfig drops RUST without a word when it dislikes the toolchain.
	"$top/scripts/check-config.sh" "$1/.config" >/dev/null 2>&1 ||
		die "this toolchain is not fit for Rust: $(make -C "$1" CC="$cc" rustavailable 2>&1 | grep '\*\*\*' | head -3 | xargs)"
}

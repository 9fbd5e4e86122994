#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make the Debian packages: the module by DKMS, the module built for the kernel KREL=, and the service with its command. Runs in
# the build root. Leaves them in build/deb/, a log in build/log/, and prints their paths.
#
# SIGN_KEY= and SIGN_CERT= name a private key and its certificate (PEM; the certificate may be DER): the built module
# is signed for Secure Boot. SIGN_PIN= is the key's pass phrase.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

log=$top/build/log/deb.log
out=$top/build/deb
name=seg6_end_dt4

# sign KO: for a kernel that takes no others.
sign() {
	local source hash
	case ${SIGN_KEY:+key}${SIGN_CERT:+cert} in
	'') return 0 ;;
	keycert) ;;
	*) die "SIGN_KEY= and SIGN_CERT= belong together" ;;
	esac
	source=$("$top/scripts/kernel.sh")/source
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' "$source/.config")
	KBUILD_SIGN_PIN=${SIGN_PIN:-} "$source/scripts/sign-file" "$hash" "$SIGN_KEY" "$SIGN_CERT" "$1" </dev/null ||
		die "cannot sign the module; are SIGN_KEY= and SIGN_CERT= a private key and its own certificate, and SIGN_PIN= its pass phrase?"
	modinfo -F signer "$1" | grep -q . || die "the module has no signature"
	say "signed by $(modinfo -F signer "$1")"
}

# add_modules_package DIR KO REL: the one whose name says for which kernel it is.
add_modules_package() {
	local debian=$1/debian package=seg6-end-dt4-modules-$3 script
	sed "s/@RELEASE@/$3/g" "$debian/modules.control.in" >>"$debian/control"
	for script in postinst postrm; do
		sed "s/@RELEASE@/$3/g" "$debian/modules.$script.in" >"$debian/$package.$script"
	done
	echo "$name.ko usr/lib/modules/$3/updates" >"$debian/$package.install"
	cp "$2" "$1/$name.ko"
}

ko=$("$top/scripts/build.sh")
rel=$(basename "$(dirname "$ko")")
tmp=$(mktemp -d)
trap 'end_beat; rm -rf "$tmp"' EXIT
mkdir "$tmp/source"
copy_source "$tmp/source"
strip --strip-debug -o "$tmp/$name.ko" "$ko"
sign "$tmp/$name.ko"
add_modules_package "$tmp/source" "$tmp/$name.ko" "$rel"
cd "$tmp/source"
# What they take is in the build root, but not the C++ compiler that Debian counts among it.
step "making the packages" "$log" dpkg-buildpackage --build=binary --unsigned-changes --no-check-builddeps ||
	die "cannot make the packages: $(why "$log"); whole log: $log"
rm -rf "$out"
mkdir -p "$out"
mv "$tmp"/*.deb "$out/"
printf '%s\n' "$out"/*.deb

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The packages are made, of this version and of the next, and lintian has nothing to say.
. "$(dirname "$0")/lib.sh"

# packages DIR: by a checkout of its own, so that nobody's build/ is touched.
packages() {
	"$1/scripts/deb.sh"
	mv "$1/build/deb" "$2"
}

for which in this next; do
	mkdir "$work/checkout-$which"
	copy_source "$work/checkout-$which"
done
sed -i '1s/(\(.*\))/(\1+next)/' "$work/checkout-next/debian/changelog"
for which in this next; do
	packages "$work/checkout-$which" "$work/deb-$which"
done
# They may be named only by a version and a kernel.
ls "$work"/deb-*
lintian --allow-root --fail-on warning,error "$work"/deb-this/*.deb

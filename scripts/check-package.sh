#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The packages as a router has them: apt installs them in a Debian 13 with systemd, FRR and stock kernels of its archive, and
# a VM boots it from a disk. One test after the other, each goes on from where the last one left the routers. Runs in the
# build root, with a network; leaves logs in build/log/.
#
#   check-package.sh            35 minutes under emulation
#   check-package.sh --short    a router without a compiler and one kernel: 5 minutes
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/test-steps.sh"

tests=(packages router modules-install)
if [ "${1:-}" = --short ]; then
	space=3000 # MB
	tests+=(modules-upgrade)
else
	space=13000
	tests+=(modules-faults modules-upgrade dkms-no-source dkms-full-disk dkms-late-source dkms-boot dkms-unpacked
		dkms-kernel-upgrade dkms-kernel-not-served dkms-removal modules-no-systemd modules-signed readme)
fi

KREL=$("$top/scripts/kernel.sh") || exit
export KREL=${KREL##*/kernel-}
[ "$(suite_of "$KREL")" = trixie ] || {
	echo "the router is a Debian 13, and $KREL is of another"
	exit 4
}
need_space "$space"
# The routers are in the cache, for they do not fit into the memory that /tmp is.
lock_cache
export work=$cache/tmp.package
mkdir "$work" || exit
trap 'end_beat; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
for name in "${tests[@]}"; do
	test_step "package-$name" "$top/tests/package/$name.sh"
	case $failed$name in
	1packages | 1router) break ;; # nothing to go on from
	esac
done
totals

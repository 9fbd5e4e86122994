#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The README's own commands, on a fresh router: all but the archive, which it has, the reboot and the start of the service, for which it is booted.
. "$(dirname "$0")/lib.sh"

cp -a "$work/base" "$work/readme"
rm "$work/readme/etc/apt/apt.conf.d/91small" # a router takes what is recommended
cp "$work"/deb-this/*.deb "$work/readme/root/"
sed -n '/^## Use it on a router/,/^## /s/^    \([^#]*\).*/\1/p' "$top/README.md" | grep '^apt-get' |
	sed 's/ && reboot//; s/apt-get install/& -y -q -o Dpkg::Use-Pty=0/' >"$work/readme/root/commands"
cat "$work/readme/root/commands"
[ "$(grep -c 'apt-get install' "$work/readme/root/commands")" = 3 ] || die "these are not the README's commands"
in_router readme sh -ec 'cd /root; . ./commands'
boot readme "$KREL" served version="$(version_in readme $name)"
rm -rf "$work/readme"

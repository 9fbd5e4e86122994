#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two routers are made of the archive: "base", which others are copies of, and "modules" with the newest kernel and no compiler.
. "$(dirname "$0")/lib.sh"

# setup ROUTER: what an installer would have done.
setup() {
	local root=$work/$1
	cp "$cache/apt/apt.conf" "$root/etc/apt/apt.conf.d/90host"
	echo 'APT::Install-Recommends "false"; Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/91small"
	# A disk of QEMU's, and not what this machine has.
	sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
	printf '%s\n' virtio_pci virtio_blk ext4 >>"$root/etc/initramfs-tools/modules"
	# As docs/operating.md has it.
	echo vrf >"$root/etc/modules-load.d/vrf.conf"
	printf '%s = 1\n' net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.vrf.strict_mode >"$root/etc/sysctl.d/50-srv6.conf"
	cat >"$root/etc/systemd/system/step.service" <<-EOF
		[Unit]
		After=frr.service
		SuccessAction=poweroff-force
		FailureAction=poweroff-force

		[Service]
		Type=oneshot
		ExecStart=/root/step

		[Install]
		WantedBy=multi-user.target
	EOF
	in_router "$1" systemctl enable step.service
	in_router "$1" systemd-machine-id-setup
	apt "$1" update
}

host_apt
mmdebstrap --mode=root --variant=apt --format=directory --skip=check/qemu --aptopt="$cache/apt/apt.conf" \
	--aptopt='APT::Install-Recommends "false"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
	--include=adduser,ca-certificates,frr,initramfs-tools,iproute2,iputils-ping,kmod,passwd,procps,systemd-sysv,udev,zstd \
	trixie "$work/base" "$cache/apt/trixie.list"
setup base
cp -a "$work/base" "$work/modules"
apt modules install -t trixie-backports "linux-image-$KREL"

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # work and KREL are of check-package.sh; dpkg-query has its own $
# Sourced by the tests of this directory: a router, which is a root of Debian 13 in $work, what is done in it, and its boot.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
. "$here/../../scripts/lib.sh"

name=seg6-end-dt4
console=$top/build/log/package-console.log

# in_router ROUTER CMD…: as its administrator would, but for the kernel, which is this machine's, and the services, which
# do not run.
in_router() {
	local root=$work/$1
	shift
	unshare --mount --pid --fork --kill-child bash -c 'cd "$1" && shift &&
		mount --rbind . . && cd "$PWD" &&
		mount -t proc proc proc && mount --rbind /dev dev && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp &&
		for file in etc/resolv.conf etc/ssl/certs/ca-certificates.crt; do
			[ ! -s "/$file" ] || { [ -e "$file" ] || : >"$file"; mount --bind "/$file" "$file"; } || exit
		done &&
		exec chroot . /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' \
		bash "$root" "$@" </dev/null
}

# apt ROUTER ARGUMENT…
apt() {
	local router=$1
	shift
	in_router "$router" apt-get -y -q -o Dpkg::Use-Pty=0 "$@"
}

# says LINE CMD…: it succeeds, and has that on a line of its output.
says() {
	local line=$1 status=0
	shift
	"$@" 2>&1 | tee "$work/said" || status=$?
	[ "$status" = 0 ] || die "status $status of: $*"
	grep -qF -- "$line" "$work/said" || die "it does not say: $line"
}

# version_in ROUTER PACKAGE
version_in() { in_router "$1" dpkg-query -W -f '${Version}' "$2"; }

# has_module ROUTER RELEASE: in the version of the packages.
has_module() {
	local have
	have=$(in_router "$1" modinfo -k "$2" -F version seg6_end_dt4) || die "$1 has no module for $2"
	[ "$have" = "$3" ] || die "the module for $2 is version $have, not $3"
}

# offer ROUTER DEB…: put packages into the repository that the router has of its own, and have apt know them.
offer() {
	local router=$1
	shift
	mkdir -p "$work/$router/repo"
	cp "$@" "$work/$router/repo/"
	(cd "$work/$router/repo" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
	echo 'deb [trusted=yes] file:/repo ./' >"$work/$router/etc/apt/sources.list.d/repo.list"
	apt "$router" update -o Dir::Etc::sourcelist=sources.list.d/repo.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
}

# boot ROUTER RELEASE STEP [NAME=VALUE…]: boot that kernel from a disk with the router on it, and have steps/STEP run at the
# end of its boot, with these variables. What happens to the disk is lost. For a step that changes what the kernel gets:
# append, init, and firmware, the variables of an UEFI.
boot() {
	local router=$1 rel=$2 step=$3 said=$work/said disk=$work/disk status=0 qemu
	shift 3
	local append='' firmware='' init='' argument
	for argument in "$@"; do
		case $argument in append=* | firmware=* | init=*) declare "$argument" ;; esac
	done
	install -m 755 "$here/steps/$step" "$work/$router/root/step"
	cp "$here/steps/lib.sh" "$work/$router/root/"
	{
		echo "rel=$rel"
		for argument in "$@"; do
			case $argument in append=* | firmware=* | init=*) ;; *) printf '%s=%q\n' "${argument%%=*}" "${argument#*=}" ;; esac
		done
	} >"$work/$router/root/arguments"
	rm -f "$disk"
	truncate -s 8G "$disk"
	mkfs.ext4 -q -O ^has_journal -d "$work/$router" "$disk"
	qemu=(qemu-system-x86_64 -display none -nodefaults -no-reboot -m 2G -smp 2
		-kernel "$work/$router/boot/vmlinuz-$rel" -initrd "$work/$router/boot/initrd.img-$rel"
		-drive "file=$disk,format=raw,if=virtio" -serial "file:$console" -serial "file:$said"
		-append "root=/dev/vda rw console=ttyS0 ignore_loglevel panic=-1 ${init:+init=$init} $append no_timer_check rcupdate.rcu_cpu_stall_timeout=60")
	if KREL=$KREL "$top/scripts/vm.sh" --kvm-works; then
		qemu+=(-accel kvm -cpu host)
	else
		qemu+=(-accel "tcg,thread=single" -cpu max) # why one thread: scripts/vm.sh
	fi
	[ ! "$firmware" ] || qemu+=(-machine q35 -drive "if=pflash,unit=0,readonly=on,format=raw,file=/usr/share/OVMF/OVMF_CODE_4M.fd"
		-drive "if=pflash,unit=1,format=raw,file=$firmware")
	: >"$said"
	timeout -k 5 "${VM_TIMEOUT:-900}" "${qemu[@]}" || status=$?
	rm -f "$disk"
	cat "$said"
	if grep -m1 -E -f "$top/selftests/splats" "$console"; then die "the kernel complained; its console is $console"; fi
	[ "$status" = 0 ] || { tail -n 20 "$console"; die "the VM ended with status $status; its console is $console"; }
	grep -q '^step passed' "$said" || { tail -n 20 "$console"; die "$step failed; the VM's console is $console"; }
}

# other_kernels PATTERN: releases like this one that the archive has, the oldest first.
other_kernels() {
	in_router base apt-cache pkgnames linux-image- | sed -n "s/^linux-image-\($1\)\$/\1/p" | sort -V
}

# older_kernel: the one before the newest that has Rust, if the archive has another.
older_kernel() { other_kernels '[0-9.]*+deb13-amd64' | awk -F. '$1 > 6 || $1 == 6 && $2 >= 18' | grep -vxF "$KREL" | tail -n 1; }

# need_dkms: the router of dkms-no-source.
need_dkms() {
	[ -d "$work/dkms" ] || {
		echo "the archive has no kernel but $KREL"
		exit 4
	}
}

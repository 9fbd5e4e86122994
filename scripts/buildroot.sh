#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make the build root, a minimal Debian in the cache with every tool the build and the tests need, and
# run a command in it. The host needs nothing but apt. It is Debian 13, or the one that the kernel KREL is from.
#
#   buildroot.sh [--tty] CMD…
#
# Everything happens in a mount and process namespace of its own: however this script ends, no process
# and no mount stays behind, only the root in the cache. Inside, the checkout is /src, the cache is /cache, the rest is read-only.
set -euo pipefail
# A make that is killed takes this script with it.
[ "${SEG6_GUARDED:-}" ] || SEG6_GUARDED=1 exec setpriv --pdeathsig TERM "$0" "$@"
. "$(dirname "$0")/lib.sh"

# --- recipe: a change of the lines down to the next mark makes a new root ---
# Without udev: the VM boots three times as fast. Parts of packages nobody reads here stay out.
packages="ca-certificates gcc gcc-14 libc6-dev make bc bison flex libelf-dev libssl-dev
	rustc rust-src rustfmt rust-clippy cargo bindgen pahole kmod cpio rsync xz-utils
	iproute2 iputils-ping tcpdump nftables iperf3 socat ethtool jq procps psmisc mount
	virtme-ng qemu-system-x86 busybox-static python3 python3-scapy git shellcheck
	frr python3-pyroute2 python3-pygal clang libbpf-dev bpftool
	debhelper dh-dkms lintian mmdebstrap debian-archive-keyring openssl e2fsprogs ovmf python3-virt-firmware python3-prometheus-client"
left_out=('/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '/usr/share/info/*'
	'/usr/src/rustc-[0-9].[0-9][0-9].[0-9]/src/*' '/usr/src/rustc-[0-9].[0-9][0-9].[0-9]/compiler/*' '/usr/lib/llvm-[0-9][0-9]/lib/lib*.a')
# The places that enter() mounts on, and those that virtme-init does. The VM may cache its root: nobody else
# writes there, and without it every command is read again from the host (20 times slower).
# shellcheck disable=SC2016 # mmdebstrap's own shell fills in the root
prepare='cd "$1" && mkdir -p src cache usr/lib/modules etc/lvm && touch etc/resolv.conf etc/sudoers etc/fstab &&
	sed -i "s#trans=virtio,access=any /dev/root#trans=virtio,access=any,cache=loose,msize=262144 /dev/root#" \
		usr/lib/python3/dist-packages/virtme/mkinitramfs.py'
# --- end of the recipe ---
recipe() { sed -n '/^# --- recipe/,/^# --- end/p' "$0"; }
suite=$(suite_of "${KREL:-}")
# Some kernels need a little more than the recipe's root: those have another one, made when it is asked for.
case $suite:${KREL:-} in
forky:*)
	# virtme-ng's line has another option there; one root is for all flavours.
	packages="${packages/gcc-14/$(gcc_of forky)} virtiofsd"
	prepare=${prepare//access=any \/dev/access=any,msize=524288 \/dev}
	;;
*-cloud-*) packages+=" virtiofsd" ;; # a cloud kernel has no 9p
*) plain=yes ;;
esac
if [ "${plain:-}" ]; then
	root=$cache/root-$(recipe | sha256sum | cut -c1-12)
else
	root=$cache/root-$suite-$({ recipe && echo "$packages $prepare"; } | sha256sum | cut -c1-12)
fi

# contain CMD…: run it as root of its own namespaces. Killing unshare kills all that runs in them; so does
# the death of this script.
contain() {
	local ns=(--mount --pid --fork --kill-child --mount-proc)
	[ "$(id -u)" = 0 ] || ns+=(--map-root-user --map-auto)
	if [ "${tty:-}" ]; then
		unshare "${ns[@]}" -- "$@"
	else
		setpriv --pdeathsig KILL unshare "${ns[@]}" -- "$@" </dev/null &
		contained=$!
		wait "$contained"
	fi
}

# Leave nothing behind: the processes, and what is half made unless another run is making it.
contained=
# shellcheck disable=SC2317,SC2329 # called by the trap
cleanup() {
	trap '' INT TERM HUP
	end_beat
	if [ "$contained" ]; then
		kill -KILL "$contained" 2>/dev/null || true
		wait "$contained" 2>/dev/null || true
	fi
	unlock_cache
	compgen -G "$cache/tmp.*" >/dev/null || return 0
	if [ "$(id -u)" = 0 ]; then
		flock -w 3 "$cache/lock" rm -rf "$cache"/tmp.* || true
	else
		flock -w 3 "$cache/lock" unshare --map-root-user --map-auto rm -rf "$cache"/tmp.* || true
	fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

need_mmdebstrap() {
	command -v mmdebstrap >/dev/null && [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] && return
	local install="apt-get install mmdebstrap debian-archive-keyring"
	[ "$(id -u)" = 0 ] || die "mmdebstrap is missing; as root run: $install uidmap"
	command -v apt-get >/dev/null || die "neither mmdebstrap nor apt-get here; install mmdebstrap"
	local log
	log=$(mktemp)
	step "installing mmdebstrap on this host" "$log" bash -c \
		"apt-get update && DEBIAN_FRONTEND=noninteractive $install -y --no-install-recommends" </dev/null || {
		local cause
		cause=$(why "$log")
		rm -f "$log"
		die "cannot install mmdebstrap: $cause"
	}
	rm -f "$log"
}

need_userns() {
	[ "$(id -u)" = 0 ] && return
	command -v newuidmap >/dev/null || die "newuidmap is missing; as root run: apt-get install uidmap"
	grep -qE "^($(id -un)|$(id -u)):" /etc/subuid 2>/dev/null ||
		die "no subordinate ids for $(id -un) in /etc/subuid; run as root, or as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
	unshare --map-root-user --map-auto --mount --pid --fork --mount-proc true 2>/dev/null ||
		die "this host gives no user namespaces to $(id -un); run as root"
}

make_root() {
	local tmp=$cache/tmp.root log=$cache/buildroot.log old
	lock_cache
	[ ! -e "$root" ] || { unlock_cache; return; }
	for old in "${root%-*}"-????????????; do
		[ ! -e "$old" ] || say "note: $old ($(size "$old")) is of another recipe; make distclean removes it"
	done
	need_mmdebstrap
	need_space 3000
	host_apt
	local include
	include=$(tr -s ' \t\n' , <<<"${packages}")
	mkdir -m 755 "$cache/tmp.work"
	watched=$tmp step "making the build root (Debian $suite, 1.3 to 1.6 GB in $cache)" "$log" \
		contain env TMPDIR="$cache/tmp.work" mmdebstrap --mode=root --variant=apt --format=directory --skip=check/qemu \
		--aptopt="$cache/apt/apt.conf" --aptopt='APT::Install-Recommends "false"' \
		"${left_out[@]/#/--dpkgopt=path-exclude=}" --include="${include%,}" \
		--customize-hook="$prepare" \
		"$suite" "$tmp" "$cache/apt/$suite.list" ||
		die "cannot make the build root: $(why "$log"); whole log: $log"
	mv "$tmp" "$root"
	rm -rf "$cache/tmp.work"
	unlock_cache
	say "  build root: $(size "$root") in $root"
}

# enter CMD…: second half, inside of the namespaces.
enter() {
	mount --bind "$root" "$root"
	# What a run writes must not change the root for the next one.
	mount -o remount,bind,ro "$root" 2>/dev/null || say "note: cannot make the build root read-only"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount --bind "$top" "$root/src"
	mount --bind "$cache" "$root/cache"
	local dir file
	for dir in tmp run root var/tmp usr/lib/modules usr/local/bin; do mount -t tmpfs -o mode=755 tmpfs "$root/$dir"; done
	chmod 1777 "$root/tmp" "$root/var/tmp"
	for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
		[ ! -s "$file" ] || mount --bind "$file" "$root$file"
	done
	# A key for signing is seen by this run alone, and never on a disk.
	local env=() name
	for name in SIGN_KEY SIGN_CERT; do
		[ "${!name:-}" ] || continue
		[ -r "${!name}" ] || die "cannot read $name=${!name}"
		install -m 600 "${!name}" "$root/run/$name"
		env+=("$name=/run/$name")
	done
	for name in $(compgen -e | grep -E '^(KREL|CMD|CI|TERM|NO_COLOR|V|SIGN_PIN|VM_.*|MIRROR.*|CARGO_(HTTP|NET|SOURCE|REGISTR).*|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)$'); do
		env+=("$name=${!name}")
	done
	exec chroot "$root" /usr/bin/env -i --chdir=/src PATH=/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 \
		SEG6_END_DT4_CACHE=/cache IN_BUILDROOT=1 CARGO_HOME=/cache/cargo "${env[@]}" "$@"
}

case ${1:-} in
--enter)
	shift
	enter "$@"
	;;
--tty)
	shift
	tty=1
	;;
esac
[ $# -gt 0 ] || die "usage: $0 [--tty] CMD…"
[ "$(uname -m)" = x86_64 ] || die "$(uname -m) is not served: Debian's kernels with Rust are amd64"
need_userns
[ -e "$root" ] || make_root
host_apt
status=0
contain bash "$0" --enter "$@" || status=$?
contained=
exit "$status"

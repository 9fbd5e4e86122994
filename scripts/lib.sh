# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by the other scripts: messages, the cache, and the host's package settings.

# shellcheck disable=SC2034 # for the scripts that source this one
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PATH=$PATH:/usr/sbin:/sbin # a normal user's has no chroot
cache=${SEG6_END_DT4_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seg6_end_dt4}

say() { printf '%s\n' "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

# not_served CAUSE: end with the status which tells the matrix that it is not a failure: nothing here can serve such
# a kernel.
not_served_status=3
not_served() {
	say "error: $*"
	exit "$not_served_status"
}

# size PATH: what it occupies, for people.
size() { du -sh "$1" 2>/dev/null | cut -f1; }

# need_space MB: refuse early what would fill the disk late.
need_space() {
	local free
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] ||
		die "$cache: $free MB free, $1 MB needed; free some or set SEG6_END_DT4_CACHE to another disk"
}

# why LOG: the cause of a failure, in words, from the log of the step that failed.
why() {
	if grep -qiE 'no space left|disk quota' "$1" ||
		[ "$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')" -lt 20 ]; then
		echo "no space left in $cache"
	elif grep -qE 'Failed to fetch|does not have a Release file' "$1"; then
		echo "cannot fetch $(sed -nE 's/^[EW]: (Failed to fetch|The repository) //p' "$1" | head -1 | tr -s ' '); check the network, the proxy or MIRROR="
	elif grep -q '^E: Release file .* is expired' "$1"; then
		echo "$(sed -nE 's/^E: Release file for ([^ ]*) is expired.*/\1 is expired/p' "$1" | head -1); take another MIRROR=, or set Acquire::Check-Valid-Until \"false\" in this host's apt.conf"
	else
		grep -E '^(E:|error|make.*\*\*\*)|[Ee]rror:' "$1" | tail -1 | grep . || tail -1 "$1"
	fi
}

# step WHAT LOG CMD…: run a long command into a log, and say every ten seconds that it lives. `watched` may
# name a path that grows meanwhile; with `quiet` only the heartbeat is heard. Of a function, each line must pass
# its failure on: as left of every || and &&, and in a subshell there, bash goes on after it whatever set -e says.
step() {
	local what=$1 log=$2 start=$SECONDS status=0
	shift 2
	[ "${quiet:-}" ] || say "$what …"
	(
		trap 'kill $!; exit' TERM
		while sleep 10 & wait $! && kill -0 $$ 2>/dev/null; do
			say "  $what: $((SECONDS - start)) s${watched:+, $(size "$watched")}"
		done
	) 9>&- &
	beat=$!
	"$@" >"$log" 2>&1 || status=$?
	end_beat
	[ "$status" != 0 ] || [ "${quiet:-}" ] || say "  done in $((SECONDS - start)) s"
	return "$status"
}

beat=
end_beat() {
	[ ! "$beat" ] || { kill "$beat" && wait "$beat"; } 2>/dev/null || true
	beat=
}

# One maker of things in the cache at a time. A thing is made in $cache/tmp.NAME and renamed when it is
# whole; whoever holds the lock may therefore remove every tmp.* there is.
lock_cache() {
	mkdir -p "$cache" 2>/dev/null || die "cannot create $cache; set SEG6_END_DT4_CACHE to a writable directory"
	[ -w "$cache" ] || die "$cache is not writable; set SEG6_END_DT4_CACHE to a directory that is"
	exec 9>"$cache/lock" || die "cannot write in $cache"
	flock -n 9 || {
		say "waiting for another run that fills $cache …"
		flock 9 &
		wait $! # unlike flock itself it yields to a signal
	}
	as_root rm -rf "$cache"/tmp.*
}
unlock_cache() { exec 9>&-; }

# make_once THING TMP FUNCTION: have it make THING, by way of TMP, unless THING is in the cache. Whatever ends this
# script, nothing is left in TMP.
make_once() {
	[ ! -e "$1" ] || return 0
	making=$2
	lock_cache
	trap 'end_beat; rm -rf "$making"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	if [ ! -e "$1" ]; then "$3"; fi
	unlock_cache
}

# as_root CMD…: a normal user reaches the build root's files in a user namespace.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else unshare --map-root-user --map-auto -- "$@"; fi
}

# The Debian that a kernel is from is in its name: it brings the tools that the kernel was built with. Without
# a name, or when the name says nothing, it is the first of these.
suites="trixie forky"
suite_of() {
	case $1 in
	*+deb14*) echo forky ;;
	*) echo trixie ;;
	esac
}

gcc_of() { if [ "$1" = forky ]; then echo gcc-16; else echo gcc-14; fi; }

# kernel_cc CONFIG: the compiler that the kernel was built with, x86_64-linux-gnu-gcc-14 in Debian 13.
kernel_cc() { sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$1"; }

# host_apt: write down, for apt inside and outside of the build root, where Debian comes from, the tools and
# the kernels of each suite: the mirror and the proxy that this host uses.
host_apt() {
	local uris mirror security suite
	uris=$(sed -n 's/#.*//; s/.*\(https\?:\/\/[^ ]*\/debian\(-security\)\?\)\/\?\( .*\)\?$/\1/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
	mirror=${MIRROR:-$(grep -m1 '/debian$' <<<"$uris" || echo http://deb.debian.org/debian)}
	security=${MIRROR_SECURITY:-$(grep -m1 '/debian-security$' <<<"$uris" || echo http://deb.debian.org/debian-security)}
	mkdir -p "$cache/apt/archives/partial"
	for suite in $suites; do mkdir -p "$cache/apt/lists-$suite/partial"; done
	printf 'deb %s main\n' "$mirror trixie" "$mirror trixie-updates" "$security trixie-security" \
		"$mirror trixie-backports" >"$cache/apt/trixie.list"
	printf 'deb %s main\n' "$mirror trixie-backports" >"$cache/apt/trixie-kernels.list"
	printf 'deb %s main\n' "$mirror forky" | tee "$cache/apt/forky.list" >"$cache/apt/forky-kernels.list"
	{
		apt-config dump Acquire | grep -iE 'proxy|timeout|check-valid-until' | grep -v ' "";$' || true
		echo 'Acquire::Retries "3"; Acquire::http::Timeout "20"; Acquire::https::Timeout "20";'
	} >"$cache/apt/apt.conf"
}

# copy_source DIR: the checkout's files, without what was built; git may not know the checkout, or not be here.
copy_source() {
	tar -C "$top" --exclude=./build --exclude=./.git --exclude=target --exclude=__pycache__ -c . | tar -x --no-same-owner -C "$1"
}

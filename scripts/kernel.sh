#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Make the directory that a Rust module for one stock Debian kernel is built against, and print its path:
#
#   source/   the kernel's source, configured as that release and prepared (KDIR)
#   vmlinux   the release's BTF, from its headers package
#   modules/  lib/modules of the release with its vmlinuz, for the VM
#
# Runs in the build root. KREL= names the release; else it is the newest of trixie-backports that is whole. RELEASE-debug,
# or debug alone, is the debug kernel that is built of the same source.
#
#   kernel.sh [--list]    --list: print the releases that there are instead, newest first; fails, after the others,
#                         if a suite cannot be read
#
# The directory stays in the cache, with a log beside it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kernel-source.sh"

# take_suite SUITE: have apt read the kernels of that one.
take_suite() {
	sources=$cache/apt/$1-kernels.list
	apt=(-c "$cache/apt/apt.conf" -o Dir::Etc::sourcelist="$sources" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::State::lists="$cache/apt/lists-$1" -o Dir::Cache="$cache/apt" -o Dir::State::status=/dev/null
		-o APT::Sandbox::User=root -o APT::Architecture=amd64 -o Acquire::Languages=none)
}

# packages REL: name=version of each package to fetch; fails, saying so, when the archive lacks one.
packages() {
	local version series wanted=("linux-headers-$1" "linux-binary-$1" "linux-modules-$1") name
	series=$(series_of "$1") || {
		echo "$1 is not a kernel release"
		return 1
	}
	wanted+=("linux-source-$series")
	version=$(awk -v p="linux-headers-$1" '$1 == p { print $2; exit }' <<<"$archive")
	for name in "${wanted[@]}"; do
		grep -qxF "$name $version" <<<"$archive" || {
			echo "$(cut -d' ' -f3 "$sources") has no $name${version:+ of version $version}"
			return 1
		}
		echo "$name=$version"
	done
}

# whole PATTERN: the releases matching it of which the archive has everything, newest first.
whole() {
	local release
	sed -n "s/^linux-headers-\($1\) .*/\1/p" <<<"$archive" | sort -ruV | while read -r release; do
		! packages "$release" >/dev/null || echo "$release"
	done
}

# The archive's kernel packages, one "name version" a line.
read_archive() {
	local log=$cache/apt-update.log
	step "reading the list of kernels" "$log" apt-get "${apt[@]}" update || return 1
	! grep -q '^W: Failed to fetch' "$log" || return 1
	# shellcheck disable=SC2016 # $(FILENAME) is for apt
	archive=$(apt-get "${apt[@]}" indextargets --format '$(FILENAME)' 'Created-By: Packages' |
		xargs -r -n1 /usr/lib/apt/apt-helper cat-file |
		awk '/^Package: linux-(binary|modules|headers|source)-/ { p = $2 } /^Version:/ && p { print p, $2; p = "" }')
}

# chosen_today: the default release, if it was looked up in the last day.
chosen_today() { [ -n "$(find "$kept" -mmin -1440 2>/dev/null)" ] && rel=$(cat "$kept"); }

# choose: set rel to the default release. The answer is kept for a day, and longer when there is no network.
choose() {
	local kept=$cache/krel
	! chosen_today || return 0
	# apt refuses to read lists that another apt is reading.
	lock_cache
	if ! chosen_today; then look_up; fi
	unlock_cache
}

look_up() {
	if ! read_archive; then
		[ -s "$kept" ] || die "$(why "$cache/apt-update.log")"
		say "note: the archive cannot be read; taking $(cat "$kept"), the newest on $(date -r "$kept" +%F)"
		rel=$(cat "$kept")
		return
	fi
	rel=$(whole '[0-9.]*+deb[0-9]*-amd64' | sed -n 1p)
	[ "$rel" ] || die "$(cut -d' ' -f2,3 "$sources") has no kernel with image, headers and source; try another MIRROR="
	echo "$rel" >"$kept.new"
	mv "$kept.new" "$kept"
}

fetch() {
	local list deb log=$cache/kernel-$rel.log
	[ "${archive+read}" ] || read_archive || die "$(why "$cache/apt-update.log")"
	list=$(packages "$rel") ||
		not_served "KREL=$rel: $(tail -1 <<<"$list"); it has all of $(whole '[^ ]*-amd64' | sed -n 1,6p | xargs)"
	need_space 2500
	mkdir -p "$tmp/debs" "$tmp/unpacked" "$tmp/source"
	cd "$tmp/debs"
	# shellcheck disable=SC2086 # one word per package
	watched=$tmp/debs step "fetching kernel $rel (340 MB)" "$log" apt-get "${apt[@]}" download $list ||
		die "cannot fetch kernel $rel: $(why "$log"); whole log: $log"
	cd /
	watched=$tmp step "unpacking it" "$log" unpack || die "cannot unpack kernel $rel: $(why "$log"); whole log: $log"
}

unpack() {
	local deb
	for deb in "$tmp"/debs/*.deb; do
		case $deb in
		*/linux-source-*)
			dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
				unpack_source - "$tmp/source"
			;;
		*) dpkg-deb -x "$deb" "$tmp/unpacked" ;;
		esac && rm "$deb" || return
	done
	take_headers "$tmp/unpacked/usr/src/linux-headers-$rel" || return
	mkdir -p "$tmp/modules/lib/modules" &&
		mv "$tmp/unpacked/usr/lib/modules/$rel" "$tmp/modules/lib/modules/" &&
		rm -f "$tmp/modules/lib/modules/$rel"/{build,source} &&
		depmod -b "$tmp/modules" "$rel" || return
	rm -rf "$tmp/debs" "$tmp/unpacked"
}

make_kernel() {
	fetch
	check_kernel "$tmp/source/.config"
	prepare_source "$tmp/source" "$cache/kernel-$rel.log"
	mv "$tmp" "$kernel"
	say "  kernel $rel: $(size "$kernel") in $kernel"
}

if [ "${1:-}" = --list ]; then
	lock_cache
	status=0
	for suite in $suites; do
		take_suite "$suite"
		if quiet=1 read_archive; then
			whole '[^ ]*-amd64'
		else
			say "error: no kernels of $suite: $(why "$cache/apt-update.log")"
			status=1
		fi
	done
	exit "$status"
fi
rel=${KREL:-}
case $rel in debug | *-debug)
	rel=${rel%debug}
	stock=$(KREL=${rel%-} "$0" "$@")
	exec "$top/scripts/debug-kernel.sh" "$stock"
	;;
esac
take_suite "$(suite_of "$rel")"
[ "$rel" ] || choose
[[ $rel =~ ^[0-9]+\.[0-9]+[^/]*$ ]] || die "KREL=$rel is not a kernel release"
kernel=$cache/kernel-$rel
tmp=$cache/tmp.kernel-$rel
make_once "$kernel" "$tmp" make_kernel
echo "$kernel"

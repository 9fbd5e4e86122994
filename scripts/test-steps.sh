# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # top is of lib.sh, which those that source this have sourced
# Sourced by check.sh and check-package.sh: tests that are commands, and their totals.

log=$top/build/log
mkdir -p "$log"
passed=0 failed=0 skipped=0

# test_step NAME CMD…: one test. Its output is shown when it fails; one that cannot be run exits with 4, and its last line
# says why.
test_step() {
	local name=$1 start=$SECONDS status=0
	shift
	quiet=1 step "$name" "$log/$name.log" "$@" || status=$?
	case $status in
	0)
		passed=$((passed + 1))
		echo "ok - $name ($((SECONDS - start)) s)"
		;;
	4)
		skipped=$((skipped + 1))
		echo "ok - $name # SKIP $(tail -n 1 "$log/$name.log")"
		;;
	*)
		failed=$((failed + 1))
		tail -n 40 "$log/$name.log" | sed 's/^/  /'
		echo "not ok - $name; whole log: build/log/$name.log"
		;;
	esac
}

# totals: the last line; a run without a test has failed.
totals() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

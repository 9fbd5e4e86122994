#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Find out that each selftest that docs/security.md names for a promise exists and is known to selftests/run, and that
# each promise names one that make check runs. Leaves nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

page=docs/security.md
cd "$top"
named=0
run_by_check=$(selftests/run --list)
unshown=
while IFS= read -r line; do
	# shellcheck disable=SC2016 # the backquotes are Markdown's
	tests=$(awk -F'|' '{ print $4 }' <<<"$line" | grep -oE '`[^`]+`' | tr -d '`') || die "$page: a promise without a test: $line"
	for name in $tests; do
		[ -x "selftests/$name.sh" ] || die "$page names a test that does not exist: $name"
		grep -qE "(^|[[:space:](])$name([[:space:])]|\$)" selftests/run || die "$page names a test that selftests/run does not know: $name"
		named=$((named + 1))
	done
	grep -qxF "$tests" <<<"$run_by_check" || unshown+="
$line"
done < <(sed -n '/^## Promises/,/^## /p' "$page" | grep '^|' | tail -n +3)
[ "$named" -gt 0 ] || die "$page names no test"
[ -z "$unshown" ] || die "$page: promises without a test that make check runs:$unshown"
echo "$named names of tests in $page"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the module for each of several stock kernels, run selftests on each, and print a table. Each has the
# build root of the Debian that it is from. Runs outside of the build root; leaves logs in build/log/.
#
#   matrix.sh [KERNELS [TESTS]]    releases (the newest of each series and flavour that the archives have);
#                                  selftests (some), or "all"
set -uo pipefail
. "$(dirname "$0")/lib.sh"

cd "$top" || exit
log=build/log
mkdir -p "$log"
kernels=${1:-}
some="registration upstream/end_dt4"
some+=" routing/inner_rules routing/inner_changes routing/outer_changes packets/differential"
tests=${2:-$some}
[ "$tests" != all ] || tests=

# For a busy host: the kernels are emulated.
export VM_NAME=-matrix VM_TIMEOUT=${VM_TIMEOUT:-5400} VM_BOOT_TIMEOUT=${VM_BOOT_TIMEOUT:-600}

# row RELEASE TEXT…: the release in two columns, version and flavour.
row() { printf '%-14s %-12s %s\n' "${1%%-*}" "${1#*-}" "${*:2}"; }

# cause LOG: of a failure before any test ran.
cause() { sed -n 's/^error: //p' "$1" | tail -1; }

# run_kernel RELEASE: one row of the table.
run_kernel() {
	local out=$log/matrix-${1//\//_}.log start=$SECONDS ok skip not_ok status=0
	export KREL=$1
	scripts/buildroot.sh scripts/kernel.sh >/dev/null 2>"$out" || status=$?
	if [ "$status" = "$not_served_status" ]; then
		row "$1" "not served: $(cause "$out")"
		return
	fi
	served=$((served + 1))
	[ "$status" != 0 ] || {
		scripts/buildroot.sh scripts/build.sh >/dev/null &&
			scripts/buildroot.sh scripts/vm.sh "TEST_TIMEOUT=${TEST_TIMEOUT:-900} selftests/run $tests"
	} >"$out" 2>&1 || status=$?
	ok=$(grep -E '^ok ' "$out" | grep -vc '# SKIP')
	skip=$(grep -cE '^ok .*# SKIP' "$out")
	not_ok=$(grep -cE '^not ok ' "$out")
	[ "$status" = 0 ] || failed=$((failed + 1))
	row "$1" "$(printf '%6d %6d %7d %5d s' "$ok" "$not_ok" "$skip" $((SECONDS - start)))" \
		"$([ "$status" = 0 ] || echo "FAILED: $(sed -n 's/^not ok [0-9]* //p' "$out" | xargs) $(cause "$out") ($out)")"
}

served=0 failed=0
if [ ! "$kernels" ]; then
	kernels=$(KREL='' scripts/buildroot.sh scripts/kernel.sh --list) || failed=1 # it has said which suite is lacking
	kernels=$(awk '{ series = $0; sub(/[.][0-9]+[+]/, "+", series) } !seen[series]++' <<<"$kernels")
fi
printf '%-14s %-12s %6s %6s %7s %7s\n' kernel flavour passed failed skipped time
for kernel in $kernels; do
	run_kernel "$kernel"
done
[ "$failed" = 0 ] && [ "$served" -gt 0 ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every test: checks of the source, the build, tests of the pure rules on the host, selftests in a VM. One
# that fails does not stop the others. Ends with a line of totals. Runs in the build root.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

cd "$top" || exit
log=build/log
mkdir -p "$log"
passed=0 failed=0 skipped=0

# test_step NAME CMD…: one test; its output is shown when it fails.
test_step() {
	local name=$1 start=$SECONDS
	shift
	if quiet=1 step "$name" "$log/$name.log" "$@"; then
		passed=$((passed + 1))
		echo "ok - $name ($((SECONDS - start)) s)"
	else
		failed=$((failed + 1))
		tail -n 40 "$log/$name.log" | sed 's/^/  /'
		echo "not ok - $name; whole log: $log/$name.log"
	fi
}

shell_files() {
	# The build root has git, but the checkout need not be a repository, nor belong to this user.
	grep -rlE --exclude-dir=.git --exclude-dir=build --exclude-dir=target '^#!.*\b(ba)?sh\b|^# shellcheck shell=' .
}
run_shellcheck() {
	shell_files | xargs -r shellcheck -x --source-path=SCRIPTDIR
}
run_rustfmt() {
	find src rust tests -name '*.rs' -not -path '*/target/*' -print0 2>/dev/null |
		xargs -0 rustfmt --check --edition 2021 --config-path "$kernel/source/.rustfmt.toml"
}
host_tests() {
	# The crates stay in the cache: only the first run needs a network.
	CARGO_TARGET_DIR=$cache/cargo-target cargo test --locked --manifest-path tests/host/Cargo.toml
}

# selftests: run them in the VM and count their top-level KTAP lines; an announced test that has no result,
# or a run with no test, is a failure.
selftests() {
	local out=$log/selftests.log status=0 name plan results
	scripts/vm.sh "selftests/run" 2>&1 | tee "$out"
	status=${PIPESTATUS[0]}
	plan=$(grep -oE '^1\.\.[0-9]+' "$out" | tail -1 | cut -c4-)
	name=$(grep -cE '^ok .*# SKIP' "$out")
	skipped=$((skipped + name))
	results=$name
	name=$(grep -E '^ok ' "$out" | grep -vc '# SKIP')
	passed=$((passed + name))
	results=$((results + name))
	name=$(grep -cE '^not ok ' "$out")
	failed=$((failed + name))
	results=$((results + name))
	if [ "$results" = 0 ] || [ "$results" != "${plan:-$results}" ] || { [ "$status" != 0 ] && [ "$name" = 0 ]; }; then
		failed=$((failed + 1))
		echo "not ok - the selftests' VM: $results results of ${plan:-?}, status $status; whole log: $out, build/log/vm-console.log"
	fi
}

kernel=$(scripts/kernel.sh) || exit
test_step config scripts/check-config.sh "$kernel/source/.config"
test_step rustfmt run_rustfmt
test_step shellcheck run_shellcheck
test_step clippy scripts/build.sh --check
test_step rustdoc scripts/rustdoc.sh
test_step host-tests host_tests
test_step build scripts/build.sh
if [ -e "build/${kernel##*/kernel-}/seg6_end_dt4.ko" ]; then
	selftests
else
	failed=$((failed + 1))
	echo "not ok - selftests: there is no module"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

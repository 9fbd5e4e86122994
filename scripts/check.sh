#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every test: checks of the source, the build, tests of the pure rules on the host, selftests in a VM. One
# that fails does not stop the others. Ends with a line of totals. Runs in the build root, and leaves
# logs in build/log/.
#
#   check.sh --debug    the selftests only, on the debug kernel
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/test-steps.sh"

cd "$top" || exit
debug=
run_selftests=selftests/run
if [ "${1:-}" = --debug ]; then
	debug=yes
	# The debug kernel takes several times as long, and more memory.
	run_selftests="TEST_TIMEOUT=3600 DURATION=60 EVERY=10 CYCLES=2 $run_selftests"
	case ${KREL:-} in
	'') KREL=debug ;;
	debug | *-debug) ;;
	*) KREL=$KREL-debug ;;
	esac
	export KREL VM_MEMORY=${VM_MEMORY:-4G} VM_TIMEOUT=${VM_TIMEOUT:-14400} VM_BOOT_TIMEOUT=${VM_BOOT_TIMEOUT:-600}
fi
export VM_TIMEOUT=${VM_TIMEOUT:-3600}

shell_files() {
	# The build root has git, but the checkout need not be a repository, nor belong to this user.
	grep -rlE --exclude-dir=.git --exclude-dir=build --exclude-dir=target '^#!.*\b(ba)?sh\b|^# shellcheck shell=' .
}
run_shellcheck() {
	shell_files | xargs -r shellcheck -x --source-path=SCRIPTDIR
}
run_rustfmt() {
	find src rust tests scripts -name '*.rs' -not -path '*/target/*' -print0 2>/dev/null |
		xargs -0 rustfmt --check --edition 2021 --config-path "$kernel/source/.rustfmt.toml"
}
host_tests() {
	# The crates stay in the cache: only the first run needs a network.
	CARGO_TARGET_DIR=$cache/cargo-target cargo test --locked --manifest-path tests/host/Cargo.toml
}

# selftests: run them in two VMs side by side, every other test in each (most keep one CPU busy), and count the
# top-level KTAP lines; an announced test that has no result, or a run with no test, is a failure.
selftests() {
	local vm vms=(1 2) pids=() status=0 plan ok skip not_ok
	for vm in "${vms[@]}"; do
		VM_NAME=-$vm scripts/vm.sh "$run_selftests --part $vm/${#vms[@]}" 2>&1 | tee "$log/selftests-$vm.log" &
		pids+=($!)
	done
	for vm in "${pids[@]}"; do
		wait "$vm" || status=$?
	done
	plan=$(cat "$log"/selftests-[12].log | sed -n 's/^1\.\.\([0-9]*\)$/\1/p' | paste -sd+ | bc)
	ok=$(cat "$log"/selftests-[12].log | grep -E '^ok ' | grep -vc '# SKIP')
	skip=$(cat "$log"/selftests-[12].log | grep -cE '^ok .*# SKIP')
	not_ok=$(cat "$log"/selftests-[12].log | grep -cE '^not ok ')
	passed=$((passed + ok)) skipped=$((skipped + skip)) failed=$((failed + not_ok))
	if [ $((ok + skip + not_ok)) != "${plan:-none}" ] || [ "$plan" = 0 ] || { [ "$status" != 0 ] && [ "$not_ok" = 0 ]; }; then
		failed=$((failed + 1))
		echo "not ok - the selftests' VMs: $((ok + skip + not_ok)) results of ${plan:-?}, status $status; see $log/selftests-*.log, $log/vm-*-console.log"
	fi
}

kernel=$(scripts/kernel.sh) || exit
test_step config scripts/check-config.sh "$kernel/source/.config"
if [ ! "$debug" ]; then
	test_step rustfmt run_rustfmt
	test_step shellcheck run_shellcheck
	test_step clippy scripts/build.sh --check
fi
test_step build scripts/build.sh
if [ ! "$debug" ]; then
	# Takes the commands of the build.
	test_step rustdoc scripts/rustdoc.sh
	test_step host-tests host_tests
	test_step security-page scripts/check-security.sh
	test_step unsafe-audit scripts/unsafe-audit.sh --check
fi
if [ -e "build/${kernel##*/kernel-}/seg6_end_dt4.ko" ]; then
	selftests
else
	failed=$((failed + 1))
	echo "not ok - selftests: there is no module"
fi
# Takes VMs of its own, so after the selftests.
[ "$debug" ] || test_step package scripts/check-package.sh --short
case $debug$kernel in
yes*) ;;
*-rt-*)
	skipped=$((skipped + 1))
	echo "ok - bench # SKIP on PREEMPT_RT its two ways of counting differ by a few instructions"
	;;
*) test_step bench scripts/bench.sh --check ;;
esac

totals

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Measure End.DT4 of the built-in code and of the module side by side: instructions per packet, and where KVM
# works nanoseconds, too. Runs in the build root. Results go to build/bench/METRIC/.
#
#   bench.sh [--check | --nanoseconds | --scale]
#
# --check: only what make check looks at. --nanoseconds: only those, even under emulation, where they say nothing.
# --scale: how the instructions grow with SIDs, VRFs and routes.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$top"
kernel=$(scripts/kernel.sh)
rel=${kernel##*/kernel-}
log=build/log/bench-build.log
mkdir -p build/log
[ -e "build/$rel/seg6_end_dt4.ko" ] || die "there is no module yet; run make modules"

# prepare NAME: all that the VM needs but the packets.
prepare() {
	work=build/bench/$1
	rm -rf "$work"
	mkdir -p "$work"
	make --no-print-directory -C "$kernel/source" CC="$(kernel_cc "$kernel/source/.config")" KERNELRELEASE="$rel" M="$top/bench" \
		MO="$top/build/$rel/bench" modules >$log 2>&1 || die "bench/ does not build: $(why $log)"
	cp "build/$rel/bench/seg6_bench.ko" "build/$rel/seg6_end_dt4.ko" "$work"
	clang -O2 -g -Wall -Wextra -Werror -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -c bench/end_dt4.bpf.c -o "$work/end_dt4.bpf.o"
}

# counting_vm COMMAND [OPTION]: one emulated CPU whose clock counts instructions.
counting_vm() {
	VM_EMULATED=1 VM_CPUS=1 VM_NAME=-bench VM_BOOT_TIMEOUT=${VM_BOOT_TIMEOUT:-300} \
		VM_QEMU_OPTS="-icount shift=0 ${2:-}" scripts/vm.sh "$1"
}

instructions() {
	local times=2
	[ "${1:-}" != --check ] || times=1
	prepare instructions
	bench/cases.py "$work" "$@"
	gcc -O2 -Wall -Wextra -Wno-unused-parameter -shared -fPIC -o "$work/trace_plugin.so" bench/trace_plugin.c
	counting_vm "bench/run.sh /src/$work instructions $times" "-plugin $top/$work/trace_plugin.so,out=$top/$work/traces"
	bench/report.py "$work" "$@"
}

scale() {
	prepare scale
	bench/cases.py "$work" --check # for what measuring costs
	bench/scale_cases.py "$work"
	VM_TIMEOUT=${VM_TIMEOUT:-7200} counting_vm "bench/scale.sh /src/$work"
	bench/scale_report.py "$work"
}

nanoseconds() {
	scripts/vm.sh --kvm-works || say "note: no working KVM here; these are the nanoseconds of an emulator"
	prepare nanoseconds
	bench/cases.py "$work"
	VM_CPUS=1 VM_NAME=-bench scripts/vm.sh "bench/run.sh /src/$work nanoseconds 5"
	bench/report.py "$work"
}

case ${1:-} in
--scale) scale ;;
--nanoseconds) nanoseconds ;;
--check) instructions --check ;;
'')
	# With || in its place, set -e would not hold in the function.
	set +e
	(set -e; instructions)
	status=$?
	set -e
	! scripts/vm.sh --kvm-works || nanoseconds
	exit $status
	;;
*) die "usage: $0 [--check | --nanoseconds | --scale]" ;;
esac

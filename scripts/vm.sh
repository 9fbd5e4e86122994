#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boot the stock kernel in a VM on the build root and run a command there as root; its exit status is this
# script's. A kernel splat fails the run whatever the command says. Runs in the build root; leaves the console and the
# kernel's log in build/log/.
#
#   vm.sh COMMAND    one string for bash; $MODULE_KO and $KSELFTEST_DIR are set
#   vm.sh --shell    an interactive shell with the module loaded
#   vm.sh --kvm-works
#
# VM_CPUS (2), VM_MEMORY (2G), VM_TIMEOUT and VM_BOOT_TIMEOUT (seconds); VM_QEMU_OPTS; VM_EMULATED=1:
# no KVM even where it works.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

[ "${IN_BUILDROOT:-}" ] || die "vm.sh runs in the build root; use make vm CMD='…'"
splats=$top/selftests/splats
[ -s "$splats" ] || die "$splats is missing: no complaint of the kernel would be seen"
kernel=$("$top/scripts/kernel.sh")
rel=${kernel##*/kernel-}
timeout=${VM_TIMEOUT:-1800}
boot_timeout=${VM_BOOT_TIMEOUT:-120}

# The build root has no kernel and no init; lend it this one, and what virtme-init calls.
mkdir -p "/usr/lib/modules/$rel"
mountpoint -q "/usr/lib/modules/$rel" || mount --bind "$kernel/modules/lib/modules/$rel" "/usr/lib/modules/$rel"
ln -sf "$top/scripts/vm-udevd" /usr/local/bin/udevd
ln -sf /usr/bin/true /usr/local/bin/udevadm
ln -sf /usr/bin/true /usr/local/bin/deallocvt
ln -sf /usr/bin/busybox /usr/local/bin/poweroff

# kvm_works: /dev/kvm proves nothing, nor does a guest of a few instructions, so boot the kernel until it misses
# its root.
# The answer holds until this machine boots again, or /dev/kvm comes, goes or gets other permissions.
kvm_works() {
	local kept=$cache/kvm now
	now="$(cat /proc/sys/kernel/random/boot_id) $(stat -c %i,%a,%u,%g,%t,%T,%Z /dev/kvm 2>/dev/null || echo none),$(id -u)"
	if [ "$(cut -d' ' -f1,2 "$kept" 2>/dev/null)" != "$now" ]; then
		local answer=no said=/tmp/kvm-test
		rm -f $said
		if [ -w /dev/kvm ]; then
			# A shell says so when its command was killed, and QEMU aborts where KVM is broken. The subshell says
			# it to nobody; "|| exit" keeps it from becoming the command. No core is left.
			(
				ulimit -c 0
				timeout -k 1 20 qemu-system-x86_64 -accel kvm -cpu host -m 512 -display none -nodefaults -no-reboot \
					-kernel "/usr/lib/modules/$rel/vmlinuz" -append 'console=ttyS0 panic=-1' -serial file:$said || exit
			) </dev/null >/dev/null 2>&1 || true
			! grep -qs 'Kernel panic - not syncing: VFS: Unable to mount root fs' $said || answer=yes
		fi
		echo "$now $answer" >"$kept"
	fi
	[ "$(cut -d' ' -f3 "$kept")" = yes ]
}

if [ "${1:-}" = --kvm-works ]; then
	kvm_works
	exit
fi

# Seen by both sides: root's home is a tmpfs of this run's namespace, and goes with it.
# VM_NAME tells VMs that run side by side apart.
run=/root/vm${VM_NAME:-}
console_log=build/log/vm${VM_NAME:-}-console.log
mkdir -p "$run" "$top/build/log"

vng=(vng --run "/usr/lib/modules/$rel/vmlinuz" --disable-microvm --rw --user root
	--cpus "${VM_CPUS:-2}" --memory "${VM_MEMORY:-2G}"
	# Of the 31 ports of each of virtme-ng's serial devices one is used. QEMU polls a descriptor for each of their
	# queues, whenever it wakes up: under emulation every process took a quarter longer.
	"--qemu-opts=-global virtio-serial-device.max_ports=2")
# A cloud kernel has virtiofs only.
! grep -q '^CONFIG_NET_9P=' "$kernel/source/.config" || vng+=(--force-9p)
if [ -z "${VM_EMULATED:-}" ] && kvm_works; then
	say "VM: $rel under KVM"
else
	# On a busy host an emulated timer is late: do not panic for it, and call a stall only what is one.
	# One thread for all CPUs: with one each, QEMU sometimes goes on running a breakpoint that the kernel has
	# taken out again, when it patches code that another CPU is in (Oops: int3). It is no slower here.
	vng+=(--disable-kvm "--qemu-opts=-accel tcg,thread=single" --append no_timer_check
		--append rcupdate.rcu_cpu_stall_timeout=60)
	say "VM: $rel under emulation ($([ "${VM_EMULATED:-}" ] && echo 'as asked for' || echo 'no working KVM here'))"
fi

setup="cd /src
export PATH=$PATH HOME=/root LANG=C.UTF-8 TERM=${TERM:-dumb} SEG6_END_DT4_CACHE=/cache IN_VM=1
export MODULE_KO=$top/build/$rel/seg6_end_dt4.ko KSELFTEST_DIR=$kernel/source/tools/testing/selftests"

if [ "${1:-}" = --shell ]; then
	cat >/root/.bashrc <<-EOF
		$setup
		insmod "\$MODULE_KO" && dmesg | tail -1
		echo "seg6_end_dt4 on $rel; the checkout is /src; exit with Ctrl-D"
	EOF
	exec "${vng[@]}"
fi
[ $# = 1 ] || die "usage: $0 COMMAND | --shell"

# The guest writes down that it booted, the kernel log and the status: a truncated run cannot pass.
printf '%s\n' "$1" >"$run/command"
# /tmp is the guest's own: a cached 9p loses files that are unlinked while open.
cat >"$run/guest" <<EOF
$setup
mount -t tmpfs -o mode=1777 tmpfs /tmp
: >$run/booted
bash $run/command </dev/null
status=\$?
dmesg >$run/dmesg
sync
echo \$status >$run/status
EOF

# virtme-ng throws the console away; keep it, with every message of the kernel. QEMU opens its own output
# anew; the pipes keep it from writing over a log file.
: >"$run/console"
start=$SECONDS too_late=''
timeout -k 5 "$timeout" "${vng[@]}" --append ignore_loglevel \
	--qemu-opts="-set chardev.console.path=$run/console ${VM_QEMU_OPTS:-}" -- "bash $run/guest" </dev/null \
	> >(exec cat) 2> >(exec cat >&2) &
vm=$!
while kill -0 $vm 2>/dev/null && [ ! -e "$run/booted" ]; do
	if [ $((SECONDS - start)) -ge "$boot_timeout" ]; then
		too_late=1
		kill $vm
		break
	fi
	sleep 0.2
done
status=0
wait $vm 2>/dev/null || status=$?
took=$((SECONDS - start))

cp "$run/console" "$top/$console_log"
[ ! -e "$run/dmesg" ] || cp "$run/dmesg" "$top/build/log/vm${VM_NAME:-}-dmesg.log"
fail() {
	say "--- end of the VM's console ($console_log) ---"
	tail -n "${lines:-15}" "$run/console" >&2
	die "$*"
}
complaint=$(cat "$run/console" "$run/dmesg" 2>/dev/null | grep -m1 -E -f "$splats") || true
[ -z "$complaint" ] || lines=60 fail "the kernel complained: $complaint"
if [ ! -e "$run/booted" ]; then
	[ ! "$too_late" ] || fail "the VM did not boot within $boot_timeout s (VM_BOOT_TIMEOUT=)"
	fail "the VM ended after $took s without booting, status $status; above is what QEMU said, if anything (VM_MEMORY= VM_QEMU_OPTS=)"
fi
[ -e "$run/status" ] || fail "the VM ended or hung before the command did, after $took s (VM_TIMEOUT=$timeout)"
exit "$(cat "$run/status")"

# SPDX-License-Identifier: GPL-2.0
# Everything is built and run in a minimal Debian kept in a cache; see scripts/buildroot.sh.
# The module's own build rules are in Kbuild.

in_root := scripts/buildroot.sh
# Builds the module first; with scripts/vm.sh: boots the stock kernel, and runs a command there.
with_module := $(in_root) scripts/with-module.sh
export KREL SIGN_KEY SIGN_CERT SIGN_PIN VM_CPUS VM_MEMORY VM_TIMEOUT VM_BOOT_TIMEOUT VM_EMULATED VM_QEMU_OPTS MIRROR MIRROR_SECURITY V
# Taken literally: the command's own $ are the VM's.
override export CMD := $(value CMD)

help:
	@echo 'make demo          build it, boot a stock kernel in a VM, show two tenants through Rust End.DT4'
	@echo 'make check         every test; ends with one line of totals'
	@echo 'make check-debug   the selftests on a kernel with KASAN, lockdep, kmemleak, fault injection (builds it first)'
	@echo 'make stress        the long forms of the tests of loading and unloading (CYCLES=1000 DURATION=600)'
	@echo 'make bench         measure it against the built-in code, side by side (docs/performance.md);'
	@echo '                   make bench-scale: with many SIDs, VRFs and routes'
	@echo 'make soak          an hour of everything at once, memory flat at the end (DURATION=3600)'
	@echo 'make matrix        some selftests on each series and flavour of stock kernels (KERNELS=… TESTS=…, TESTS=all)'
	@echo 'make modules       build the module (build/RELEASE/seg6_end_dt4.ko)'
	@echo 'make deb           the Debian packages for routers (build/deb/); SIGN_KEY= SIGN_CERT= sign the module'
	@echo 'make check-package the packages on a router that boots them, as apt and systemd do it (35 min)'
	@echo 'make shell         a shell in a VM with the module loaded'
	@echo "make vm CMD='…'    run a command in a VM (\$$MODULE_KO is the module)"
	@echo 'make unsafe-audit  write docs/unsafe.md, every use of unsafe with its argument'
	@echo 'make picture       draw docs/parts.svg from docs/parts.dot (with dot, of the package graphviz)'
	@echo 'make clean         remove build/;  make distclean: and the cache'
	@echo
	@echo 'KREL=RELEASE       another kernel than the newest one of trixie-backports; debug: the one of check-debug'
	@echo 'MIRROR=URL         another Debian mirror (MIRROR_SECURITY=URL: of debian-security)'
	@echo 'V=1                the whole commands of the build'
	@echo 'VM_CPUS= VM_MEMORY= VM_TIMEOUT= VM_BOOT_TIMEOUT=    the VM (2, 2G, 1800 s, 120 s)'
	@echo 'VM_EMULATED=1      no KVM even where it works;  VM_QEMU_OPTS=: more options for QEMU'
	@echo 'In CMD, before selftests/run: VERBOSE=1, SERVED_BY=c (the built-in code), TEST_TIMEOUT= (600 s)'
	@echo 'SEG6_END_DT4_CACHE=DIR             the cache (~/.cache/seg6_end_dt4)'

modules:
	@$(in_root) scripts/build.sh

demo:
	@$(with_module) scripts/vm.sh scripts/demo.sh

check:
	@$(in_root) scripts/check.sh

check-debug:
	@$(in_root) scripts/check.sh --debug

check-package:
	@$(in_root) scripts/check-package.sh

# The long forms of the tests of loading and unloading, on four CPUs.
CYCLES ?= 1000
stress: export VM_CPUS := $(or $(VM_CPUS),4)
stress: export VM_TIMEOUT := $(or $(VM_TIMEOUT),14400)
stress:
	@$(with_module) scripts/vm.sh "export VERBOSE=1 TEST_TIMEOUT=$(VM_TIMEOUT); \
		CYCLES=$(CYCLES) selftests/run registration/traffic && \
		CYCLES=50 DURATION=$(or $(DURATION),600) selftests/run stress/memory stress/churn"

bench:
	@$(with_module) scripts/bench.sh

bench-scale:
	@$(with_module) scripts/bench.sh --scale

# Twice the time, for a busy host.
soak: seconds = $(or $(DURATION),3600)
soak: export VM_TIMEOUT := $(or $(VM_TIMEOUT),$(shell echo $$(( $(or $(DURATION),3600) * 2 + 600 ))))
soak:
	@$(with_module) scripts/vm.sh "DURATION=$(seconds) TEST_TIMEOUT=$(VM_TIMEOUT) VERBOSE=1 selftests/run stress/soak"

unsafe-audit:
	@$(in_root) scripts/unsafe-audit.sh

picture:
	@command -v dot >/dev/null || { echo "error: no dot here: apt-get install graphviz" >&2; exit 1; }
	dot -Tsvg docs/parts.dot >docs/parts.svg

# The newest stock kernel of each series and flavour that the archives have, a few selftests on each.
matrix:
	@scripts/matrix.sh '$(KERNELS)' '$(TESTS)'

vm:
	@[ "$$CMD" ] || { echo "error: which command? make vm CMD='…'" >&2; exit 1; }
	@$(with_module) scripts/vm.sh "$$CMD"

shell:
	@[ -t 0 ] || { echo "error: a shell needs a terminal; use make vm CMD='…'" >&2; exit 1; }
	@$(in_root) --tty scripts/with-module.sh scripts/vm.sh --shell

deb:
	@$(in_root) scripts/deb.sh

clean:
	rm -rf build

distclean: clean
	@scripts/clean-cache.sh

.PHONY: help modules demo check stress bench bench-scale vm shell deb clean distclean unsafe-audit picture soak matrix check-debug check-package

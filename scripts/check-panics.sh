#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fail if the module can panic: if any of its code refers to one of the functions in core that panic. What the
# compiler could not prove impossible (an index, an overflow, an unwrap) would be here. Their names are many and
# differ by release, so all that the module takes from Rust is looked at, and only this is known to be harmless:
# formatting, and the kernel's own crate, whose functions this cannot look into.
#
#   check-panics.sh OBJECT    the linked module
#
# Needs nm; leaves nothing.
set -euo pipefail

harmless='^(<?core::fmt::|<?kernel::|<.* as (core|kernel)::fmt::[A-Za-z]*>::[a-z_]*$)'

object=$1
undefined=$(nm -uC "$object" | sed 's/^ *[A-Za-z] //')
# A name that nm cannot read is not known to be harmless.
panics=$(grep -E '::|^_R' <<<"$undefined" | grep -vE "$harmless") || exit 0
echo "error: the module can panic:" >&2
objdump -drC --no-show-raw-insn "$object" |
	awk '/^[0-9a-f]+ </ { sub(/^[^<]*</, ""); sub(/>:$/, ""); caller = $0 }
		/ R_X86_64_/ { sub(/.* R_X86_64_[^\t]*\t/, ""); sub(/[-+]0x[0-9a-f]+$/, ""); print "  " caller ": " $0 }' |
	grep -F "$panics" | sort -u >&2 || true
echo "error: functions of Rust's core that are not known to be harmless are referred to: $(paste -sd, <<<"$panics" | sed 's/,/, /g'); use checked, saturating or wrapping operations" >&2
exit 1

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fail if the module can panic: if any of its code refers to Rust's panic functions. What the compiler could
# not prove impossible (an index, an overflow, an unwrap) would be here.
#
#   check-panics.sh OBJECT    the linked module
set -euo pipefail

object=$1
if panics=$(nm -u "$object" | grep -o '[^ ]*core9panicking.*'); then
	echo "error: the module can panic:" >&2
	objdump -dr --no-show-raw-insn "$object" |
		awk '/^[0-9a-f]+ </ { function_ = $2 } /core9panicking/ { print "  " function_, $NF }' | sort -u >&2
	echo "error: $(wc -l <<<"$panics") panic function(s) are referred to; use checked, saturating or wrapping operations" >&2
	exit 1
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The inner IPv4 header is validated as that of any received packet; the built-in code forwards it as it is.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

CASES=inner_ipv4.py
run_with_both "$@"

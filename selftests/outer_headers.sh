#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Malformed outer headers are dropped, never taken for no header at all, as the built-in code does.

source "$(dirname "$(readlink -f "$0")")/lib.sh"
source "$SELFTESTS_DIR/wire.sh"

CASES=outer_headers.py
run_with_both "$@"

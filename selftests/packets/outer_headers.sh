#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Outer headers are refused for what the RFCs refuse, and for nothing else. An SRH that is out of order is not taken for
# none, as the built-in code does: its Segments Left counts.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

CASES=outer_headers.py
run_with_both "$@"

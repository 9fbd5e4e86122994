#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Congestion marks of the outer header reach the inner one (RFC 6040); the built-in code loses them.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

CASES=ecn.py
run_with_both "$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv4 options of the inner packet are acted on, in forwarding and in local delivery; source routing is refused.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

CASES=inner_options.py
run_with_both "$@"

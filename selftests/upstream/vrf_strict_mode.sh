#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own test of the VRF strict mode, which End.DT4 depends on, unmodified, with the module loaded.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

start_serving
cd "$KSELFTEST_DIR/net" || exit
bash ./vrf_strict_mode_test.sh

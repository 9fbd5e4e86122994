#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For sockets of the edge the inner packet came in by the VRF: whoever is bound to the core port does not get it.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"

ALL_TESTS="sockets"

sockets()
{
	report_cases sockets.py python3 "$TEST_DIR/sockets.py" "$pe2" vrf-100 core "$h1a" 10.0.2.254
}

require_rust
start_serving
require_topology a
run_tests

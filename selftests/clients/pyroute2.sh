#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pyroute2 as the client: create, read, replace and delete End.DT4 routes.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/routes.sh"

ALL_TESTS="steps"

steps()
{
	report_cases pyroute2_routes.py routes_by_pyroute2
}

routes_by_pyroute2()
{
	ip netns exec "$pe" python3 "$TEST_DIR/pyroute2_routes.py" 2>&1
}

python3 -c 'import importlib.util as util, sys; sys.exit(not util.find_spec("pyroute2"))' || skip_all "no pyroute2 here"
start_serving
setup_lone_edge || exit
run_tests

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the module, then run a command: vm.sh, bench.sh. Runs in the build root. What build.sh leaves in build/ is all
# that stays.
#
#   with-module.sh COMMAND [ARGUMENT…]
set -euo pipefail
"$(dirname "$0")/build.sh" >/dev/null
exec "$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# End.DT6 and End.DT46: the inner IPv6 header and its hop-by-hop options are validated as those of any received packet, and
# congestion marks reach it; the built-in code forwards it as it is.

source "$(dirname "$(readlink -f "$0")")/../lib/lib.sh"
source "$SELFTESTS_DIR/lib/wire.sh"

# shellcheck disable=SC2034 # of run_with_both
CASES=inner_ipv6.py TENANTS_HAVE_IPV6=yes
run_with_both "$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What an operator finds out with the packages alone: faults are put into a router with FRR and two tenants.
. "$(dirname "$0")/lib.sh"

VM_TIMEOUT=${VM_TIMEOUT:-2400} boot modules "$KREL" faults

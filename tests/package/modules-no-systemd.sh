#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router whose init is another: the packages are installed there, say what its boot has to do, and do it when told.
. "$(dirname "$0")/lib.sh"

apt modules purge "$name*"
boot modules "$KREL" no-systemd init=/root/step

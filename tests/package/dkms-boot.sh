#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The router boots into the module that it has built.
. "$(dirname "$0")/lib.sh"

need_dkms
boot dkms "$(older_kernel)" served version="$(version_in dkms $name)"

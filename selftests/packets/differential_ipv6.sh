#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What differential.sh does, with inner IPv6 packets.

FAMILY=ipv6
source "$(dirname "$(readlink -f "$0")")/differential.sh"

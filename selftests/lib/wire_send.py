#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends packets to pe2 as they are, those that exceed a page in buffers of which only the beginning is linear.

    wire_send.py PE1 PE2 HOST < packets

Each line is a packet in the terms of forge.py. For each there is a line with the module's drops, or its verdicts if it
audits, without that of the marker behind the packet."""

import sys
from collections import Counter

import forge
from wire import Wire


def main(*namespaces):
    wire = Wire(*namespaces)
    for line in sys.stdin:
        causes = Counter(wire.send(eval(line, vars(forge))).drops)
        print(*(causes - Counter({"accepted": 1})).elements())


main(*sys.argv[1:])

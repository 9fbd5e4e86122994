# SPDX-License-Identifier: GPL-2.0
"""counters_tracepoint.py BUILTIN-OR-MODULE PE1 PE2 HOST: sends bad packets of all kinds, says nothing."""

import sys

import ecn
import icmpv6_errors
import inner_ipv4
import inner_options
import outer_headers
from forge import Srh, chain, ipv4
from wire import Wire

# Objections of routing: no route, one that refuses, addresses that cannot be.
ROUTING = [ipv4(dst=dst) for dst in ("198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "127.0.0.1", "0.0.0.1")]
ROUTING += [ipv4(src=src) for src in ("224.0.0.1", "255.255.255.255", "127.0.0.1", "10.0.2.254", "0.0.0.0")]


def main(*namespaces):
    wire = Wire(*namespaces)
    for cases in ecn, icmpv6_errors, inner_ipv4, inner_options, outer_headers:
        for case in cases.CASES:
            wire.send(case.packet)
    for inner in ROUTING:
        wire.send(chain(Srh(), inner=inner))


main(*sys.argv[2:])

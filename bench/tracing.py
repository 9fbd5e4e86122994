# SPDX-License-Identifier: GPL-2.0
"""What the trace of a packet says: which function executed how many instructions, in which part of its way."""

import struct
from bisect import bisect_right
from collections import Counter

CALL, RET = 1, 2
ADDRESS = (1 << 56) - 1

# A part of the way begins with the first instruction of such a function, called or jumped to, and ends with its
# return; the parts nest. What is the sink's, the generator's and END_DT4's is found by module, see Symbols.
RECEIVE, OWN, LOOKUP, FORWARD = "receive", "own", "lookup", "forward"
BUILTIN_INPUT = ("input_action_end_dt4", "input_action_end_dt6", "input_action_end_dt46", "input_action_end_dx4")
PARTS = {"ip_route_input_noref": LOOKUP, "fib_table_lookup": LOOKUP, "ip_forward": FORWARD,
         "seg6_lookup_any_nexthop": LOOKUP, "ip6_route_input_lookup": LOOKUP, "ip6_route_input": LOOKUP,
         "ip6_pol_route": LOOKUP, "ip6_forward": FORWARD}
MODULE, GENERATOR = "seg6_end_dt4", "seg6_bench"


class Symbols:
    """/proc/kallsyms, in parts; parts that do not exist are empty."""

    def __init__(self, *paths):
        symbols = []
        for line in "".join(path.read_text() for path in paths if path.exists()).splitlines():
            address, kind, name, *module = line.split()
            if kind in "tTwW":
                symbols.append((int(address, 16) & ADDRESS, name, module[0].strip("[]") if module else ""))
        symbols.sort()
        self.addresses = [symbol[0] for symbol in symbols]
        self.symbols = symbols
        self.known = {}

    def at(self, address):
        """(name, module, whether it is the first instruction of the function)"""
        if address not in self.known:
            start, name, module = self.symbols[bisect_right(self.addresses, address) - 1]
            self.known[address] = (name, module, start == address)
        return self.known[address]

    def start_of(self, address):
        return self.addresses[bisect_right(self.addresses, address) - 1]


def read_traces(path):
    data = path.read_bytes()
    traces, offset = [], 0
    while offset < len(data):
        length, = struct.unpack_from("<Q", data, offset)
        traces.append(struct.unpack_from(f"<{length}Q", data, offset + 8))
        offset += 8 + 8 * length
    return traces


def attribute(trace, symbols):
    """Instructions by (part, function), the sink's and the generator's left out."""
    counts = Counter()
    depth = 0
    parts = []  # (part, depth of the function it began with)
    for word in trace:
        address, kind = word & ADDRESS, word >> 56
        name, module, first = symbols.at(address)
        # What the part's first function has called is part of it, up to its own return.
        part = None
        if first and name in ("deliver_to_stack", "deliver_to_sink"):
            part = RECEIVE
        elif name == "sink_xmit" and first:
            part = "sink"
        elif parts and parts[-1][0] == RECEIVE and (
                first and name in BUILTIN_INPUT or module == MODULE):
            part = OWN
        elif first and name in PARTS and parts and any(p == OWN for p, _ in parts):
            part = PARTS[name]
        if part and not (parts and parts[-1][0] == "sink"):
            parts.append((part, depth))
        if parts and parts[-1][0] != "sink" and module != GENERATOR:
            counts[parts[-1][0], name, module] += 1
        if kind == CALL:
            depth += 1
        elif kind == RET:
            while parts and parts[-1][1] == depth:
                parts.pop()
            depth -= 1
    if parts:
        raise ValueError(f"the trace ends within {parts}")
    return counts

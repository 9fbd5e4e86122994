# SPDX-License-Identifier: GPL-2.0
"""All combinations of outer and inner ECN fields, RFC 6040 figure 4."""

from cases import Case, deliver, drop, run
from forge import CE, ECT_0, ECT_1, NOT_ECT, Srh, chain, ipv4

NAMES = {NOT_ECT: "Not-ECT", ECT_1: "ECT(1)", ECT_0: "ECT(0)", CE: "CE"}

# (outer, inner): what the inner becomes, if not what it was. None: the packet has to go.
COMBINED = {
    (CE, NOT_ECT): None,
    (CE, ECT_0): CE,
    (CE, ECT_1): CE,
    (ECT_1, ECT_0): ECT_1,
}


def case(outer, inner, dscp, **keywords):
    into = COMBINED.get((outer, inner), inner)
    was = ipv4(tos=dscp << 2 | inner, **keywords)
    module = drop("ecn") if into is None else deliver(ipv4(tos=dscp << 2 | into, **keywords))
    packet = chain(Srh(), inner=was, tclass=(63 - dscp) << 2 | outer)
    return Case(f"outer {NAMES[outer]}, inner {NAMES[inner]}, DSCP {dscp}", packet, deliver(was), module)


# Two DSCPs; and headers whose checksum wraps around when the field changes.
CASES = [case(outer, inner, dscp) for outer in NAMES for inner in NAMES for dscp in (0, 46)]
CASES += [case(CE, ECT_0, 0, id=id) for id in (0x8E64, 0x8E65, 0x8E66, 0x8E67)]

if __name__ == "__main__":
    run(CASES)

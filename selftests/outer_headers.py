# SPDX-License-Identifier: GPL-2.0
"""Outer headers that are malformed or not acceptable: RFC 8200, RFC 8754."""

from cases import Case, deliver, drop, parameter_problem, run
from forge import LARGEST, PAD1, ROUTING, SID, Dst, Frag, Srh, chain, ipv4, ipv6, srh, tlv

GOOD = ipv4()
PADN = tlv(4, bytes(6))
OTHER = "fc00:9::1"


def both(name, packet, *causes):
    outcome = [drop(), drop(*causes)] if causes else [deliver(GOOD)] * 2
    yield Case(name, packet, *outcome)


def fails_open(name, packet, cause):
    """The built-in code takes it for a packet without an SRH."""
    yield Case(name, packet, deliver(GOOD), drop(cause))


def answered(name, packet, cause, pointer, builtin):
    yield Case(name, packet, builtin, parameter_problem(cause, 0, pointer, packet))


CASES = [
    *both("PadN, unknown TLV", chain(Srh(tlvs=PADN + tlv(200, bytes(14))))),
    *both("8 Pad1", chain(Srh(tlvs=PAD1 * 8))),
    *both("Pad1 between others", chain(Srh(tlvs=PADN + PAD1 + tlv(4, b"\xff" * 5)))),
    *both("TLV without a value", chain(Srh(tlvs=tlv(4, b"") * 4))),
    *answered("Pad1 hides Segments Left", chain(Srh(segments=[SID, OTHER], sl=1, tlvs=PAD1 + tlv(4, b"\xff" * 5))),
              "segments_left", 43, deliver(GOOD)),
    *fails_open("TLV beyond the header", chain(Srh(tlvs=tlv(4, bytes(6))[:1] + b"\x07" + bytes(6))), "malformed_srh"),
    *fails_open("TLV of type only", chain(Srh(tlvs=tlv(4, bytes(5)) + b"\x04")), "malformed_srh"),
    *fails_open("Last Entry one too many", chain(Srh(last=1)), "malformed_srh"),
    *fails_open("Last Entry 255", chain(Srh(last=255)), "malformed_srh"),
    *fails_open("Last Entry within a TLV", chain(Srh(last=1, tlvs=PADN)), "malformed_srh"),
    *fails_open("Segments Left beyond Last Entry", chain(Srh(sl=2)), "malformed_srh"),
    *fails_open("no segment list", chain(Srh(segments=[], last=0)), "malformed_srh"),
    *fails_open("second SRH malformed", chain(Srh(), Srh(last=5)), "malformed_srh"),
    *answered("second SRH with Segments Left", chain(Srh(), Srh(segments=[SID, OTHER], sl=1)), "segments_left", 67,
              deliver(GOOD)),
    *answered("Segments Left", chain(Srh(segments=[SID, OTHER], sl=1)), "segments_left", 43, drop()),
    *answered("Segments Left of a reduced SRH", chain(Srh(sl=1)), "segments_left", 43, drop()),
    *answered("Segments Left behind destination options", chain(Dst(), Srh(segments=[SID, OTHER], sl=1)),
              "segments_left", 51, drop()),
    *answered("type 0 with segments left", chain(Srh(type=0, sl=1)), "routing_type", 42, deliver(GOOD)),
    *answered("type 253 with segments left", chain(Srh(type=253, sl=1)), "routing_type", 42, deliver(GOOD)),
    *both("type 0 without segments left", chain(Srh(type=0))),
    *both("type 253 without segments left", chain(Srh(type=253))),
    *both("atomic fragment", chain(Frag())),
    *both("atomic fragment with reserved bits", chain(Frag(reserved=3))),
    *both("12 extension headers", chain(*[Dst()] * 11, Srh())),
    *both("13 extension headers", chain(*[Dst()] * 12, Srh()), "too_many_extension_headers"),
    *both("13 extension headers, no room for the last", chain(*[Dst()] * 13, inner=b""), "too_many_extension_headers"),
    *both("headers that are not linear", chain(LARGEST, LARGEST)),
    *both("SRH behind headers that are not linear", chain(LARGEST, LARGEST, Srh())),
    *both("header beyond the packet", chain(Srh(hdrlen=40)), "outer_truncated"),
    *both("half an SRH", ipv6(ROUTING, srh(4)[:12]), "outer_truncated"),
    *both("one octet of an SRH", ipv6(ROUTING, srh(4)[:1]), "outer_truncated"),
    *both("no SRH where one is announced", ipv6(ROUTING, b""), "outer_truncated"),
]

if __name__ == "__main__":
    run(CASES)

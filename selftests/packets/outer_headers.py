# SPDX-License-Identifier: GPL-2.0
"""Outer headers that are malformed, odd or not acceptable: RFC 8200, RFC 8754. seg6_require_hmac is 0, as by default."""

from cases import Case, deliver, drop, parameter_problem, run
from forge import LARGEST, PAD1, ROUTING, SID, Dst, Frag, Srh, chain, ipv4, ipv6, srh, tlv

GOOD = ipv4()
PADN = tlv(4, bytes(6))
OTHER = "fc00:9::1"

# What can be wrong with an SRH besides Segments Left.
OUT_OF_ORDER = {
    "Last Entry 0, two slots": {"segments": [SID, OTHER], "last": 0},
    "Last Entry one too many": {"last": 1},
    "Last Entry 255": {"last": 255},
    "Last Entry within a TLV": {"last": 1, "tlvs": PADN},
    "stale octets behind the list": {"tlvs": bytes(range(0xE0, 0xF0))},
    "Hdr Ext Len 0": {"segments": [], "last": 0},
    "half a segment": {"segments": [], "last": 0, "tlvs": bytes(8)},
    "TLV beyond the header": {"tlvs": b"\x04\x07" + bytes(6)},
    "TLV of type only": {"tlvs": tlv(4, bytes(5)) + b"\x04"},
}


def both(name, packet, *causes):
    outcome = [drop(), drop(*causes)] if causes else [deliver(GOOD)] * 2
    yield Case(name, packet, *outcome)


def fails_open(name, packet, cause):
    """The built-in code does not notice."""
    yield Case(name, packet, deliver(GOOD), drop(cause))


def answered(name, packet, cause, pointer, builtin):
    yield Case(name, packet, builtin, parameter_problem(cause, 0, pointer, packet))


def out_of_order(name, wrong):
    """RFC 8754 section 4.3.1.1: without segments left nothing of that matters, with some left they do. The built-in code
    takes it for a packet without an SRH, both times."""
    yield from both(name, chain(Srh(**wrong)))
    yield from answered(f"{name}, Segments Left 1", chain(Srh(**wrong, sl=1)), "segments_left", 43, deliver(GOOD))


CASES = [
    *both("PadN, unknown TLV", chain(Srh(tlvs=PADN + tlv(200, bytes(14))))),
    *both("8 Pad1", chain(Srh(tlvs=PAD1 * 8))),
    *both("Pad1 between others", chain(Srh(tlvs=PADN + PAD1 + tlv(4, b"\xff" * 5)))),
    *both("TLV without a value", chain(Srh(tlvs=tlv(4, b"") * 4))),
    *(case for name, wrong in OUT_OF_ORDER.items() for case in out_of_order(name, wrong)),
    *both("second SRH out of order", chain(Srh(), Srh(last=5))),
    *answered("Pad1 hides Segments Left", chain(Srh(segments=[SID, OTHER], sl=1, tlvs=PAD1 + tlv(4, b"\xff" * 5))),
              "segments_left", 43, deliver(GOOD)),
    *answered("Segments Left beyond Last Entry", chain(Srh(sl=2)), "segments_left", 43, deliver(GOOD)),
    *answered("second SRH out of order with Segments Left", chain(Srh(), Srh(last=5, sl=1)), "segments_left", 67,
              deliver(GOOD)),
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

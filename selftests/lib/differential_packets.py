# SPDX-License-Identifier: GPL-2.0
"""The packets of the differential test: valid ones, and what becomes of them by mutation. Always the same ones.

With EVERY=N in the environment only each N-th: for slow kernels.
"""

import itertools
import os
import random

import forge
from forge import (AH, DESTINATION, FRAGMENT, HOP_BY_HOP, IPV4, IPV6, PAD1, ROUTING, SID, SID_DT46, SID_DT6, UDP, Ah, Dst,
                   Frag, Hbh, Srh, chain, inner_ipv6, ipv4, options, padn, tlv, udp)

SEED = 4242
EVERY = int(os.environ.get("EVERY", "1"))
KINDS = [Hbh(), Dst(), Srh(), Frag(), Ah(), Srh(type=0, segments=())]
OTHERS = ["fc00:9::1", "fc00:9::2", "fc00:9::3"]
PADN = tlv(4, bytes(6))
UNKNOWN = tlv(200, bytes(14))
HMAC = forge.hmac_tlv(7, b"secret")
# Destination options that pass for an SRH with an HMAC.
DECEPTIVE = b"\4\0\0\x08\0\0" + bytes(16) + b"\5\x26" + bytes(38)
RECORD_ROUTE = b"\x07\x0b\x04" + bytes(8) + b"\0"


def bases():
    """Valid packets that between them have every header and every field."""
    return [
        chain(),
        chain(Srh()),
        chain(Srh(segments=[SID, *OTHERS])),
        chain(Srh(segments=[SID, OTHERS[0]], tlvs=PADN + UNKNOWN)),
        chain(Srh(segments=[SID, OTHERS[0]], last=0)),
        chain(Srh(tlvs=PAD1 * 8)),
        chain(Srh(tlvs=HMAC, flags=forge.HMAC_FLAG)),
        chain(Srh(), inner=ipv4(opts=RECORD_ROUTE)),
        chain(Srh(), inner=ipv4(forge.echo_request(), proto=1)),
        chain(Hbh(), Srh()),
        chain(Hbh(padn(6) + b""), Dst(), Srh(), Frag(), Ah(), Dst()),
        chain(Dst(), Srh(), Dst()),
        chain(Srh(), Srh()),
        chain(Ah(), Srh(tlvs=PADN)),
        chain(Frag(), Srh()),
        chain(Dst(DECEPTIVE), Srh()),
    ]


def orders():
    """Every extension header in every order."""
    for count in range(len(KINDS) + 1):
        for headers in itertools.permutations(KINDS, count):
            yield chain(*headers)


def many():
    for count in range(18):
        for last in ([], [Srh()], [Frag()], [Srh(sl=1, segments=[SID, SID])]):
            yield chain(*[Dst()] * count, *last)
            yield chain(*[Srh()] * count, *last)


def shorten(packet, length):
    """With a Payload Length that says so."""
    return packet[:4] + (length - 40).to_bytes(2) + packet[6:length]


def truncated(packets):
    """At every octet; then the last octets are gone, but the outer header still announces them."""
    for packet in packets:
        for length in range(40, len(packet)):
            yield shorten(packet, length)
        for length in range(len(packet) - 3, len(packet)):
            yield packet[:length]


def every_octet(packets):
    """Each octet behind the addresses takes values that make a difference wherever it may be."""
    for packet in packets:
        for at in (1, 6, *range(40, len(packet))):
            old = packet[at]
            for value in sorted({0, 1, 2, 4, old ^ 1, old ^ 8, old + 1 & 255, old - 1 & 255, 0x7F, 0xFF} - {old}):
                yield packet[:at] + bytes([value]) + packet[at + 1:]


def inner_octets():
    """The same for the inner header, with its checksum put right."""
    for inner in (ipv4(), ipv4(opts=RECORD_ROUTE)):
        end = (inner[0] & 15) * 4
        for at in (*range(10), *range(12, end)):
            for value in sorted({0, 1, 2, 4, 0x40, 0x80, 127, 224, 240, 255, *(inner[at] ^ 1 << i for i in range(8))}):
                head = inner[:at] + bytes([value]) + inner[at + 1:end]
                head = head[:10] + bytes(2) + head[12:]
                head = head[:10] + forge.checksum(head).to_bytes(2) + head[12:]
                yield chain(Srh(), inner=head + inner[end:])


def length_fields():
    """Every value of the fields that say how long something is, or where."""
    srh = chain(Srh(segments=[SID, *OTHERS], tlvs=PADN + PADN))
    # Hdr Ext Len, Segments Left, Last Entry, Length of a TLV.
    for at in (41, 43, 44, 40 + 8 + 64 + 1, 40 + 8 + 64 + 9):
        for value in range(256):
            yield srh[:at] + bytes([value]) + srh[at + 1:]
    for first in (Hbh(), Dst(), Ah(), Frag()):
        packet = chain(first, Srh())
        for value in range(256):
            yield packet[:41] + bytes([value]) + packet[42:]
    for value in range(256):
        yield chain(inner=bytes([value]) + ipv4()[1:])
        yield chain(inner=ipv4(version=value >> 4, ihl=value & 15, opts=b"\1" * 8))
        yield chain(inner=ipv4(total=value))
        yield chain(inner=ipv4(total=value * 257))
        yield forge.ipv6(IPV4, ipv4(), length=value)
        yield forge.ipv6(ROUTING, forge.srh(IPV4) + ipv4(), length=value * 257)


def upper_layers():
    for number in range(256):
        yield chain(Srh(), upper=number)
        yield chain(upper=number, inner=bytes(24))


def congestion():
    for outer, inner in itertools.product(range(4), repeat=2):
        for dscp in (0, 10, 46, 63):
            yield chain(Srh(), inner=ipv4(tos=dscp << 2 | inner), tclass=(63 - dscp) << 2 | outer)
            yield chain(inner=ipv4(tos=dscp << 2 | inner, opts=RECORD_ROUTE), tclass=outer)


def random_srhs(rng, count):
    """Segments, TLVs and fields at random, as often right as wrong."""
    for _ in range(count):
        segments = [SID] + rng.choices(OTHERS, k=rng.choice((0, 0, 1, 2, 3)))
        tlvs = b"".join(rng.choices((PAD1, PADN, UNKNOWN, tlv(4, b""), tlv(9, bytes(3)), HMAC), k=rng.randrange(5)))
        if rng.random() < 0.8:
            tlvs += PAD1 * (-len(tlvs) % 8)
        keywords = {"segments": segments, "tlvs": tlvs, "sl": rng.choice((0, 0, 0, 0, 1, 2, len(segments), 255)),
                    "flags": rng.choice((0, 0, 8, 255))}
        if rng.random() < 0.2:
            keywords["last"] = rng.choice((0, len(segments), len(segments) + 1, 255))
        if rng.random() < 0.1:
            keywords["hdrlen"] = rng.randrange(12)
        around = [rng.choice(KINDS) for _ in range(rng.choice((0, 0, 1, 2)))]
        around.insert(rng.randrange(len(around) + 1), Srh(**keywords))
        yield chain(*around)


def random_options(rng, count):
    """Of IPv4: those that a router acts on, and rubbish."""
    parts = [b"\x01", b"\x00", RECORD_ROUTE, b"\x07\x07\x08" + bytes(4), b"\x07\x03\x04", b"\x94\x04\0\0", b"\x94\x04\0\1",
             b"\x83\x07\x04" + bytes(4), b"\x89\x07\x04\x0a\0\2\1", b"\x44\x0c\x05\0" + bytes(8), b"\x82\x0b" + bytes(9),
             b"\x86\x06" + bytes(4), b"\x9e\x02", b"\x07\xff\x04", b"\x07\x01", b"\x07"]
    for _ in range(count):
        opts = b"".join(rng.choices(parts, k=rng.randrange(1, 4)))[:40]
        opts += b"\0" * (-len(opts) % 4)
        yield chain(Srh(), inner=ipv4(opts=opts, ttl=rng.choice((64, 64, 2, 1, 0))))


def random_octets(rng, count, packets):
    """Up to three octets anywhere behind the outer addresses, or in Traffic Class and Next Header."""
    for _ in range(count):
        packet = bytearray(rng.choice(packets))
        for _ in range(rng.choice((1, 1, 2, 3))):
            packet[rng.choice((1, 6, *range(40, len(packet))))] = rng.randrange(256)
        yield bytes(packet)


def random_tails(rng, count):
    """Rubbish behind valid beginnings, inner packets with padding."""
    packets = bases()
    for _ in range(count):
        packet = rng.choice(packets)
        tail = rng.randbytes(rng.randrange(1, 64))
        if rng.random() < 0.5:
            packet = packet[:rng.randrange(40, len(packet))]
        yield shorten(packet + tail, len(packet) + len(tail))


def with_options(body, length=None, **fields):
    """IPv6 with hop-by-hop options, which say that they are so long."""
    header = bytearray(options(UDP, body))
    if length is not None:
        header[1] = length
    return inner_ipv6(bytes(header) + udp(), nexthdr=HOP_BY_HOP, **fields)


def ipv6_bases(sid):
    to_sid = {"upper": IPV6, "dst": sid}
    return [
        chain(Srh(), inner=inner_ipv6(), **to_sid),
        chain(inner=with_options(tlv(0x1E, b"") + tlv(5, bytes(2)) + padn(8)), **to_sid),
        chain(Hbh(), Dst(), Srh(), Frag(), inner=inner_ipv6(), **to_sid),
    ]


def ipv6_headers(sid):
    """Each field of the inner header, addresses that are special, and every Hop Limit and Next Header."""
    good = inner_ipv6()
    addresses = ["::", "::1", "::2", "fe80::1", "ff00::1", "ff01::1", "ff02::1", "ff05::2", "ff0e::1", "fc00:9::1", forge.HOST6,
                 "2001:db8:2::1", "2001:db8:2::254", "64:ff9b::1", "::ffff:10.0.0.1"]
    inner = [inner_ipv6(src=source) for source in addresses] + [inner_ipv6(dst=destination) for destination in addresses]
    inner += [good[:at] + bytes([value]) + good[at + 1:] for at in (0, 1, 2, 6, 7) for value in range(256)]
    inner += [inner_ipv6(length=length) for length in (*range(32), 255, 256, 1280, 65535)]
    inner += [good + bytes(padding) for padding in range(1, 20)]
    inner += [good[:length] for length in range(len(good))]
    return [chain(Srh(), inner=packet, upper=IPV6, dst=sid) for packet in inner]


def ipv6_congestion(sid):
    for outer, inner in itertools.product(range(4), repeat=2):
        for dscp in (0, 46, 63):
            yield chain(Srh(), inner=inner_ipv6(tclass=dscp << 2 | inner), upper=IPV6, dst=sid, tclass=(63 - dscp) << 2 | outer)


def other_upper_layers(sid):
    for number in range(256):
        yield chain(Srh(), upper=number, dst=sid)
        yield chain(upper=number, inner=bytes(44), dst=sid)


def random_hop_by_hop(rng, count, sid):
    """Options that a router knows, that it does not know, and rubbish."""
    parts = [PAD1, PAD1, padn(2), padn(4), padn(7), b"\1\1\1", tlv(5, bytes(2)), tlv(5, bytes(3)), tlv(194, b"\0\1\x11\x11"),
             tlv(194, bytes(4)), tlv(0x1E, b""), tlv(0x3E, bytes(5)), tlv(0x5E, b"\1"), tlv(0x9E, bytes(2)), tlv(0xDE, bytes(2)),
             tlv(49, bytes(6)), tlv(7, bytes(10)), b"\x1e", b"\x1e\xff", b"\0\0\1\0"]
    for _ in range(count):
        body = b"".join(rng.choices(parts, k=rng.randrange(1, 5)))
        missing = -(len(body) + 2) % 8
        body += PAD1 * missing if missing < 2 or rng.random() < 0.3 else padn(missing)
        length = rng.choice((None, None, None, None, 0, 1, 2, 255))
        yield chain(Srh(), inner=with_options(body, length), upper=IPV6, dst=sid)


def ipv6_sid_groups(rng, sid):
    """For a SID that is for IPv6."""
    packets = ipv6_bases(sid)
    yield from ipv6_headers(sid)
    yield from ipv6_congestion(sid)
    yield from other_upper_layers(sid)
    yield from truncated(packets)
    yield from random_hop_by_hop(rng, 600, sid)
    yield from random_octets(rng, 1200, packets)


def identified(packet, number):
    """With an Identification of its own, so that no two of the fragments are of one packet."""
    protocol, at = packet[6], 40
    while protocol in (HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION) and at + 8 <= len(packet):
        if protocol == FRAGMENT:
            packet = packet[:at + 4] + number.to_bytes(4) + packet[at + 8:]
        length = 8 if protocol == FRAGMENT else (packet[at + 1] + 2) * 4 if protocol == AH else (packet[at + 1] + 1) * 8
        protocol, at = packet[at], at + length
    return packet


def ipv4_groups(rng):
    yield from bases()
    yield from orders()
    yield from many()
    yield from truncated(bases())
    yield from every_octet(bases())
    yield from inner_octets()
    yield from length_fields()
    yield from upper_layers()
    yield from congestion()
    yield from random_srhs(rng, 2500)
    yield from random_options(rng, 800)
    yield from random_octets(rng, 3000, bases())
    yield from random_tails(rng, 1500)
    for headers in ([], [Srh()], [Hbh(), Dst(), Srh(), Frag(), Ah(), Dst()]):
        yield chain(*headers, dst=SID_DT46)


def ipv6_groups(rng):
    yield from ipv6_sid_groups(rng, SID_DT6)
    yield from every_octet(ipv6_bases(SID_DT6))
    yield from ipv6_sid_groups(rng, SID_DT46)


GROUPS = {"ipv4": ipv4_groups, "ipv6": ipv6_groups}


def generate(family):
    """Those with inner packets of a family."""
    packets = itertools.islice(GROUPS[family](random.Random(SEED)), 0, None, EVERY)
    return map(identified, packets, itertools.count())

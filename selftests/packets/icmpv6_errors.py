# SPDX-License-Identifier: GPL-2.0
"""ICMPv6 errors that RFC 8986 sections 4.1.1 and 4.7 ask for, and those that RFC 4443 section 2.4 (e) forbids."""

import socket
import sys

import forge
from cases import Case, deliver, drop, parameter_problem, run
from forge import ICMPV6, IPV6, NONE, SID, TCP, UDP, Ah, Dst, Frag, Hbh, Srh, chain, ipv4, udp
from wire import Wire

OTHER = "fc00:9::1"
NOT_LAST = Srh(segments=[SID, OTHER], sl=1)


def answered(name, packet, cause, code, pointer, builtin=drop()):
    yield Case(name, packet, builtin, parameter_problem(cause, code, pointer, packet))


def silent(name, packet, cause, builtin=drop()):
    yield Case(name, packet, builtin, drop(cause))


def echo(type):
    return bytes([type, 0]) + bytes(6)


CASES = [
    *answered("Segments Left 1", chain(NOT_LAST), "segments_left", 0, 43),
    *answered("Segments Left 9, Last Entry 0", chain(Srh(sl=9)), "segments_left", 0, 43, deliver(ipv4())),
    *answered("Segments Left behind other headers", chain(Hbh(), Dst(), NOT_LAST), "segments_left", 0, 59),
    *answered("1500 octets, quoted as far as 1280 allow", chain(NOT_LAST, inner=ipv4(udp(bytes(1400)))),
              "segments_left", 0, 43),
    *answered("UDP", chain(upper=UDP, inner=udp()), "upper_layer", 4, 40),
    *answered("UDP behind an SRH", chain(Srh(), upper=UDP, inner=udp()), "upper_layer", 4, 64),
    *answered("TCP behind everything", chain(Hbh(), Srh(), Frag(), Ah(), Dst(), upper=TCP, inner=bytes(20)),
              "upper_layer", 4, 40 + 8 + 24 + 8 + 24 + 8),
    *answered("IPv6", chain(Srh(), upper=IPV6, inner=chain()), "upper_layer", 4, 64),
    *answered("no next header", chain(Srh(), upper=NONE, inner=b""), "upper_layer", 4, 64),
    *answered("echo request to the SID", chain(upper=ICMPV6, inner=echo(128)), "upper_layer", 4, 40),
    *answered("unknown routing type", chain(Srh(type=9, sl=1)), "routing_type", 0, 42, deliver(ipv4())),
    *silent("ICMPv6 error to the SID", chain(upper=ICMPV6, inner=echo(1)), "upper_layer"),
    *silent("ICMPv6 error behind an SRH", chain(Srh(), upper=ICMPV6, inner=echo(4)), "upper_layer"),
    *silent("ICMPv6 error, Segments Left", chain(NOT_LAST, upper=ICMPV6, inner=echo(3)), "segments_left"),
    *silent("ICMPv6 without a type", chain(upper=ICMPV6, inner=b""), "upper_layer"),
    *silent("source unspecified", chain(NOT_LAST, src="::"), "segments_left"),
    *silent("malformed where an HMAC is due, Segments Left 9", chain(Srh(last=5, sl=9, flags=forge.HMAC_FLAG)),
            "malformed_srh", deliver(ipv4())),
    *silent("too many headers, Segments Left in the last", chain(*[Dst()] * 13, NOT_LAST), "too_many_extension_headers"),
]

# Frames to more than one node, as the link layer sees it.
TO_MANY = {"multicast": b"\x33\x33\0\0\0\1", "broadcast": b"\xff" * 6}


def cases_to_many(frame):
    yield from silent(f"{frame} frame, Segments Left", chain(NOT_LAST), "segments_left")
    yield from silent(f"{frame} frame, UDP", chain(upper=UDP, inner=udp()), "upper_layer")
    yield from silent(f"{frame} frame, unknown routing type", chain(Srh(type=9, sl=1)), "routing_type")

# icmpv6_errors.sh makes it a SID, too.
GROUP = "ff0e::100"
TO_GROUP = [
    *silent("SID is a multicast address, Segments Left", chain(NOT_LAST, dst=GROUP), "segments_left"),
    *silent("SID is a multicast address, UDP", chain(upper=UDP, inner=udp(), dst=GROUP), "upper_layer"),
]


def count_answers(wire, packets):
    return sum(len(wire.send(chain(NOT_LAST)).core) for _ in range(packets))


def answerers(wire, source):
    """Who answers a packet for the SID, and who tells that a packet for somebody else has come too far."""
    for packet in (chain(NOT_LAST, src=source), chain(src=source, dst=OTHER, hlim=1)):
        yield " ".join(socket.inet_ntop(socket.AF_INET6, answer[8:24]) for answer in wire.send(packet).core) or "nobody"


if __name__ == "__main__":
    what, *namespaces = sys.argv[1:5]
    if what == "count":
        print(count_answers(Wire(*namespaces), int(sys.argv[5])))
    elif what == "answerers":
        print(*answerers(Wire(*namespaces), sys.argv[5]))
    else:
        run(CASES + TO_GROUP)
        for frame, address in TO_MANY.items():
            run(cases_to_many(frame), to=address)

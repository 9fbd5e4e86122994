# SPDX-License-Identifier: GPL-2.0
"""Inner IPv6: header, hop-by-hop options, addresses, congestion marks, and what else may be encapsulated."""

import struct

import ecn
from cases import Case, deliver, drop, parameter_problem, run
from forge import (HOP_BY_HOP, HOST6, ICMPV6, IPV4, IPV6, NONE, SID_DT46, SID_DT6, UDP, Hbh, Srh, chain, inner_ipv6, ipv4,
                   options, padn, tlv, udp)

SIDS = {"End.DT6": SID_DT6, "End.DT46": SID_DT46}
GOOD = inner_ipv6()


def to_each(name, inner, builtin, module, *headers, **outer):
    for behaviour, sid in SIDS.items():
        packet = chain(*headers, inner=inner, upper=IPV6, dst=sid, **outer)
        yield Case(f"{behaviour}: {name}", packet, builtin, module)


def both(name, inner, *causes):
    outcomes = [drop(), drop(*causes)] if causes else [deliver(inner)] * 2
    yield from to_each(name, inner, *outcomes)


def wrong(name, inner, cause):
    """The built-in code takes one hop off whatever is there and forwards it."""

    def forwarded_as_it_is(outcome):
        """decapsulated"""
        return len(outcome.host) == 1 and outcome.host[0][8:] == inner[8:]

    yield from to_each(name, inner, forwarded_as_it_is, drop(cause))
    yield from to_each(name + ", behind an SRH", inner, forwarded_as_it_is, drop(cause), Srh())


def refused(name, inner, *causes):
    """Nor does the built-in code pass it on, but it may answer."""

    def not_passed_on(outcome):
        """not passed on"""
        return not outcome.host

    yield from to_each(name, inner, not_passed_on, drop(*causes))


def padded(name, inner, padding):
    """RFC 8200 section 3: Payload Length says where the packet ends."""

    def with_padding(outcome):
        """decapsulated with what follows it"""
        return len(outcome.host) == 1 and outcome.host[0].endswith(padding)

    yield from to_each(name, inner + padding, with_padding, deliver(inner))


def with_options(body, **fields):
    return inner_ipv6(options(UDP, body) + udp(), nexthdr=HOP_BY_HOP, **fields)


def answered(name, body, code, pointer, **fields):
    """The built-in code does not look at hop-by-hop options."""
    inner = with_options(body, **fields)

    def told(outcome):
        """dropped, and the source is told"""
        # By the way back, in a tunnel: IPv6, SRH with one segment.
        errors = [packet[64:] for packet in outcome.core]
        return (not outcome.host and outcome.drops == ("inner_options",) and len(errors) == 1 and
                errors[0][6] == ICMPV6 and errors[0][24:40] == inner[8:24] and
                struct.unpack("!BBxxI", errors[0][40:48]) == (4, code, pointer) and errors[0][48:] == inner)

    def forwarded_as_it_is(outcome):
        """decapsulated"""
        return len(outcome.host) == 1 and outcome.host[0][8:] == inner[8:]

    yield from to_each(name, inner, forwarded_as_it_is, told)


def congestion(outer, inner):
    into = ecn.COMBINED.get((outer, inner), inner)
    was = inner_ipv6(tclass=46 << 2 | inner)
    module = drop("ecn") if into is None else deliver(inner_ipv6(tclass=46 << 2 | into))
    yield from to_each(f"outer {ecn.NAMES[outer]}, inner {ecn.NAMES[inner]}", was, deliver(was), module, Srh(),
                       tclass=17 << 2 | outer)


def other_upper_layer(behaviour, name, upper, inner):
    for headers, pointer in ((), 40), ((Srh(),), 64):
        packet = chain(*headers, inner=inner, upper=upper, dst=SIDS[behaviour])
        module = parameter_problem("upper_layer", 4, pointer, packet)
        yield Case(f"{behaviour}: {name}{', behind an SRH' if headers else ''}", packet, drop(), module)


SOLICITATION = struct.pack("!BBHI", 135, 0, 0, 0) + bytes(16)
ALERT = struct.pack("!BBH", 5, 2, 0)

CASES = [
    *both("good", GOOD),
    *to_each("good, behind an SRH", GOOD, deliver(GOOD), deliver(GOOD), Srh()),
    Case("End.DT46: IPv4", chain(inner=ipv4(), dst=SID_DT46), deliver(ipv4()), deliver(ipv4())),
    Case("End.DT46: IPv4, behind an SRH", chain(Srh(), inner=ipv4(), dst=SID_DT46), deliver(ipv4()), deliver(ipv4())),
    *other_upper_layer("End.DT6", "IPv4", IPV4, ipv4()),
    *other_upper_layer("End.DT6", "UDP", UDP, udp()),
    *other_upper_layer("End.DT46", "UDP", UDP, udp()),
    *other_upper_layer("End.DT46", "nothing", NONE, b""),
    *both("no next header", inner_ipv6(b"", nexthdr=NONE)),
    *wrong("version 4", b"\x40" + GOOD[1:], "inner_header"),
    *wrong("version 0", b"\x00" + GOOD[1:], "inner_header"),
    *wrong("payload length one too many", inner_ipv6(length=17), "inner_truncated"),
    *wrong("payload length 65535", inner_ipv6(length=65535), "inner_truncated"),
    *both("39 octets", GOOD[:39], "inner_truncated"),
    *both("1 octet", GOOD[:1], "inner_truncated"),
    *both("nothing", b"", "inner_truncated"),
    *padded("1 octet of padding", GOOD, b"\0"),
    *padded("26 octets of padding", GOOD, bytes(range(26))),
    *padded("no next header, and something", inner_ipv6(b"", nexthdr=NONE), b"something"),
    *refused("from ::1", inner_ipv6(src="::1"), "inner_address"),
    *refused("from a group", inner_ipv6(src="ff02::1"), "inner_address"),
    *refused("from nobody", inner_ipv6(src="::"), "next_layer"),
    *refused("to ::1", inner_ipv6(dst="::1"), "inner_address"),
    *refused("to a group of scope 0", inner_ipv6(dst="ff00::1"), "inner_address"),
    *refused("to a group of scope 1", inner_ipv6(dst="ff01::1"), "inner_address"),
    *refused("neighbour discovery", inner_ipv6(SOLICITATION, nexthdr=ICMPV6, dst="2001:db8:2::1", hlim=255),
             "neighbour_discovery"),
    *both("padding options", with_options(padn(6))),
    *both("a router alert", with_options(ALERT + padn(2))),
    *both("an option to be skipped", with_options(tlv(0x1E, bytes(4)))),
    *both("8 options", with_options(tlv(0x1E, b"") * 8 + padn(6))),
    *wrong("9 options", with_options(tlv(0x1E, b"") * 9 + padn(4)), "inner_options"),
    *wrong("an option to be dropped for", with_options(tlv(0x5E, bytes(4))), "inner_options"),
    *wrong("options longer than their header", with_options(tlv(0x1E, bytes(4))[:1] + b"\x09" + bytes(4)), "inner_options"),
    *wrong("a PadN with something in it", with_options(b"\1\4\0\0\0\1"), "inner_options"),
    *wrong("a router alert of 3 octets", with_options(tlv(5, bytes(3)) + b"\0"), "inner_options"),
    *wrong("options beyond the packet", inner_ipv6(b"\x11\x05" + bytes(6), nexthdr=HOP_BY_HOP), "inner_truncated"),
    *answered("an unknown option", tlv(0x9E, bytes(4)), 2, 42),
    *answered("an unknown option, not to a group", tlv(0xDE, bytes(4)), 2, 42),
    *answered("a jumbogram with a length", tlv(194, struct.pack("!I", 70000)), 0, 42),
    *(case for outer in ecn.NAMES for inner in ecn.NAMES for case in congestion(outer, inner)),
]

if __name__ == "__main__":
    run(CASES)

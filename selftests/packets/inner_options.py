# SPDX-License-Identifier: GPL-2.0
"""IPv4 options of the inner packet: a router acts on them, RFC 791 section 3.1, RFC 1812 section 5.3.13."""

import socket

from cases import Case, deliver, drop, forwarded, run
from forge import ICMP, Srh, chain, echo_request, ipv4, udp

NOP = b"\1"
EDGE, VRF = socket.inet_aton("10.0.2.254"), "10.0.2.253"
ROUTER_ALERT = b"\x94\4\0\0"
ICMP_ECHO_REPLY, ICMP_TIME_EXCEEDED, ICMP_PARAMETER_PROBLEM = 0, 11, 12


def record_route(pointer, *route):
    return b"\7\x0b" + bytes([pointer]) + b"".join(route).ljust(8, b"\0") + NOP


def forward(name, before, after=None):
    """The built-in code leaves the options alone."""
    was, becomes = ipv4(opts=before), ipv4(opts=after or before)
    yield Case(name, chain(Srh(), inner=was), deliver(was), deliver(becomes))


def icmp_to_site_1(type, has_options=lambda options: not options, *, drops=()):
    def icmp(outcome):
        if outcome.host or outcome.drops != drops or len(outcome.core) != 1:
            return False
        inner = outcome.core[0][40 + 24:]
        end = (inner[0] & 15) * 4
        return inner[end] == type and has_options(inner[20:end])
    icmp.__doc__ = f"ICMP type {type}, dropped {drops}"
    return icmp


def recorded(options):
    """The router recorded itself, both for the way there and for the way back."""
    addresses = {options[at:at + 4] for at in (3, 7)}
    return options[:3] == b"\7\x0b\x0c" and addresses <= {EDGE, socket.inet_aton(VRF)}


def recorded_on_the_way_back(options):
    """For a packet that goes no further the kernel records the address by which it would answer; core has none."""
    return options[:7] == b"\7\x0b\x0c" + bytes(4) and options[7:11] == socket.inet_aton(VRF)


def refuse(name, options):
    was = ipv4(opts=options)
    yield Case(name, chain(Srh(), inner=was), deliver(was), drop("inner_options"))


def malformed(name, options):
    """To the built-in code, they matter no more; the host complains then."""
    was = ipv4(opts=options)

    def delivered(outcome):
        """decapsulated"""
        return outcome.host == (forwarded(was),)

    yield Case(name, chain(Srh(), inner=was), delivered,
               icmp_to_site_1(ICMP_PARAMETER_PROBLEM, lambda _: True, drops=("inner_options",)))


def expired(name, options, *echoed):
    packet = chain(Srh(), inner=ipv4(opts=options, ttl=1))
    yield Case(name, packet, icmp_to_site_1(ICMP_TIME_EXCEEDED),
               icmp_to_site_1(ICMP_TIME_EXCEEDED, *echoed, drops=("next_layer",)))


def local(name, options, *echoed):
    """The built-in code passes the options to ICMP, as the beginning of its message."""
    packet = chain(Srh(), inner=ipv4(echo_request(), dst=VRF, proto=ICMP, opts=options))
    yield Case(name, packet, drop(), icmp_to_site_1(ICMP_ECHO_REPLY, *echoed))


CASES = [
    *forward("no operation", NOP * 4),
    *forward("router alert", ROUTER_ALERT),
    *forward("record route", record_route(4), record_route(8, EDGE)),
    *forward("record route, second", record_route(8, b"\1\2\3\4"), record_route(12, b"\1\2\3\4", EDGE)),
    *forward("record route, full", record_route(12, b"\1\2\3\4", b"\5\6\7\x08")),
    *forward("40 octets", NOP * 28 + record_route(4), NOP * 28 + record_route(8, EDGE)),
    *refuse("loose source route", b"\x83\7\4\x0a\0\2\1\0"),
    *refuse("strict source route", b"\x89\7\4\x0a\0\2\1\0"),
    *refuse("source route, completed", b"\x83\7\x08\x0a\0\2\1\0"),
    *malformed("option beyond the header", b"\7\xff\4\0"),
    *malformed("option of length 1", b"\7\1\4\0"),
    *malformed("option of length 0", b"\7\0\4\0"),
    *malformed("record route twice", record_route(4) * 2),
    *malformed("pointer into the option's head", b"\7\7\3\0\0\0\0\0"),
    *expired("no operation, TTL 1", NOP * 4),
    *expired("record route, TTL 1", record_route(4), recorded_on_the_way_back),
    *local("no operation, to the VRF's address", NOP * 4),
    *local("record route, to the VRF's address", record_route(4), recorded),
]

if __name__ == "__main__":
    run(CASES)

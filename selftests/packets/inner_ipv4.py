# SPDX-License-Identifier: GPL-2.0
"""The inner IPv4 header: version, lengths, checksum, padding behind the packet."""

from cases import Case, deliver, drop, run
from forge import UDP, chain, ipv4, ipv6, srh, udp, IPV4, ROUTING, Srh
from wire import Outcome

GOOD = ipv4()


def wrong(name, inner, cause):
    """The built-in code takes one hop off whatever is there and forwards it."""

    def forwarded_as_it_is(outcome):
        """decapsulated"""
        return len(outcome.host) == 1 and len(outcome.host[0]) == len(inner) and outcome.host[0][12:] == inner[12:]

    yield Case(name, chain(inner=inner), forwarded_as_it_is, drop(cause))
    yield Case(name + ", behind an SRH", chain(Srh(), inner=inner), forwarded_as_it_is, drop(cause))


def both(name, inner, *causes):
    outcome = [drop(), drop(*causes)] if causes else [deliver(inner)] * 2
    yield Case(name, chain(inner=inner), *outcome)


def padded(name, padding):
    """RFC 791 section 3.1: Total Length says where the packet ends."""

    def with_padding(outcome):
        """decapsulated with what follows it"""
        return len(outcome.host) == 1 and outcome.host[0].endswith(padding)

    yield Case(name, chain(inner=GOOD + padding), with_padding, deliver(GOOD))


CASES = [
    *both("good", GOOD),
    *wrong("version 6", ipv4(version=6), "inner_header"),
    *wrong("version 0", ipv4(version=0), "inner_header"),
    *wrong("header of 4 words", ipv4(ihl=4), "inner_header"),
    *wrong("header of no words", ipv4(ihl=0), "inner_header"),
    *wrong("header beyond the packet", ipv4(ihl=15), "inner_truncated"),
    *wrong("checksum 0", ipv4(csum=0), "inner_checksum"),
    *wrong("checksum wrong in one bit", GOOD[:11] + bytes([GOOD[11] ^ 1]) + GOOD[12:], "inner_checksum"),
    *wrong("total length one too many", ipv4(total=len(GOOD) + 1), "inner_truncated"),
    *wrong("total length 65535", ipv4(total=65535), "inner_truncated"),
    *wrong("total length less than the header", ipv4(total=19), "inner_header"),
    *wrong("total length 0", ipv4(total=0), "inner_header"),
    *both("header only", ipv4(b"")),
    *both("19 octets", GOOD[:19], "inner_truncated"),
    *both("1 octet", GOOD[:1], "inner_truncated"),
    Case("nothing", chain(inner=b""), drop(), drop("inner_truncated")),
    *padded("1 octet of padding", b"\0"),
    *padded("26 octets of padding", bytes(range(26))),
]

if __name__ == "__main__":
    run(CASES)

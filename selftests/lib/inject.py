#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends SRv6 packets from one network namespace, and tells which arrive in another.

    inject.py SENDER_NS RECEIVER_NS SID DESTINATION < cases

A case is a line "EXPECTATION NAME PACKET"; the answer to it is the same line with what happened, "deliver" or "drop",
as its first word. PACKET is written in the terms of forge.py, and made for the SID and the inner destination:

    chain(Srh(), Dst())                 extension headers and a good inner packet
    chain(upper=UDP, inner=udp())       what is not IPv4

The inner packets carry the case's number in UDP. One more, known as good and sent last, tells when all has arrived.
"""

import os
import socket
import struct
import sys
from functools import partial

import forge
from netns import enter

PORT, SENTINEL, TIMEOUT = 4242, 0xFFFF, 10


def packet(text, number, source, sid, destination):
    inner = forge.ipv4(forge.udp(struct.pack("!H", number), PORT, PORT), "192.0.2.1", destination)
    terms = vars(forge) | {"chain": partial(forge.chain, inner=inner, src=source, dst=sid)}
    try:
        return eval(text, terms)
    except Exception as error:
        sys.exit(f"inject.py: {text}: {error}")


def in_netns(name, *socket_arguments):
    enter(name)
    return socket.socket(*socket_arguments)


def delivered(sender, receiver, sid, destination, packets):
    """Which of these packets arrive, by their number. OSError if not even a good one does."""
    # On one CPU, veth keeps the packets in order.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    with (in_netns(receiver, socket.AF_INET, socket.SOCK_DGRAM) as arrivals,
          in_netns(sender, socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as out,
          socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe):
        arrivals.bind(("", PORT))
        arrivals.settimeout(TIMEOUT)
        out.connect((sid, 0))
        probe.connect((sid, PORT))
        source = probe.getsockname()[0]
        for number, text in enumerate(packets):
            out.send(packet(text, number, source, sid, destination))
        out.send(packet("chain()", SENTINEL, source, sid, destination))
        numbers = set()
        while SENTINEL not in numbers:
            numbers.add(*struct.unpack("!H", arrivals.recv(64)[:2]))
    return numbers


def main(*way):
    cases = [line.split(maxsplit=2) for line in sys.stdin if line.strip() and not line.startswith("#")]
    try:
        numbers = delivered(*way, [text for _, _, text in cases])
    except TimeoutError:
        sys.exit(f"inject.py: not even a plain IPv4-in-IPv6 packet arrived within {TIMEOUT} s")
    for number, (_, name, text) in enumerate(cases):
        print("deliver" if number in numbers else "drop", name, text.strip())


if __name__ == "__main__":
    main(*sys.argv[1:])

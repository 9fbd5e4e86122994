#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends hand-made SRv6 packets from one network namespace, and tells which arrive in another.

    inject.py SENDER_NS RECEIVER_NS SID DESTINATION < cases

A case is a line "EXPECTATION NAME HEADERS"; the answer to it is the same line with what happened, "deliver" or
"drop", as its first word. HEADERS follow the outer IPv6 header, separated by commas; "*N" repeats one; options are
"KEY=NUMBER", separated by colons:

    hbh, dst        hop-by-hop and destination options (len: octets, a multiple of 8)
    srh             Segment Routing Header: sl, last (Last Entry), segs (segments in it), type, hdrlen (Hdr Ext Len),
                    flags, tlv (octets of a PadN TLV)
    frag            Fragment header: off (in octets), mf
    ah              Authentication Header
    ip4, udp, none  the end: an inner IPv4 packet, UDP, or nothing

The inner packets carry the case's number in UDP. One more, known as good and sent last, tells when all has arrived.
"""

import os
import socket
import struct
import sys

PORT = 4242
SOURCE, SENTINEL, TIMEOUT = "192.0.2.1", 0xFFFF, 10
NUMBERS = {"hbh": 0, "ip4": 4, "udp": 17, "srh": 43, "frag": 44, "ah": 51, "none": 59, "dst": 60}


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def padn(octets):
    return struct.pack("!BB", 1, octets - 2) + bytes(octets - 2)


def options(nexthdr, len=8):
    return struct.pack("!BB", nexthdr, len // 8 - 1) + padn(len - 2)


def srh(nexthdr, sid, sl=0, segs=1, last=None, type=4, hdrlen=None, flags=0, tlv=0):
    body = socket.inet_pton(socket.AF_INET6, sid) * segs
    # TLV: type 4 is PadN.
    if tlv:
        body += struct.pack("!BB", 4, tlv - 2) + bytes(tlv - 2)
    last = segs - 1 if last is None else last
    hdrlen = len(body) // 8 if hdrlen is None else hdrlen
    return struct.pack("!BBBBBBH", nexthdr, hdrlen, type, sl, last & 0xFF, flags, 0) + body


def fragment(nexthdr, off=0, mf=0):
    return struct.pack("!BBHI", nexthdr, 0, off & ~7 | mf, 0x1234)


def ah(nexthdr):
    return struct.pack("!BBHII12x", nexthdr, 4, 0, 1, 1)


def udp(number):
    return struct.pack("!HHHHH", PORT, PORT, 10, 0, number)


def ipv4(number, destination):
    addresses = socket.inet_aton(SOURCE) + socket.inet_aton(destination)
    payload = udp(number)
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(payload), number, 0, 64, 17)
    return head + struct.pack("!H", checksum(head + addresses)) + addresses + payload


def parse(headers):
    """Yields (name, options) of each header."""
    for header in headers.split(","):
        header, _, times = header.partition("*")
        name, *pairs = header.split(":")
        keywords = {key: int(value) for key, value in (pair.split("=") for pair in pairs)}
        yield from [(name, keywords)] * int(times or 1)


def packet(number, headers, sid, destination):
    data, nexthdr = b"", None
    for name, keywords in reversed(list(parse(headers))):
        if name == "ip4":
            data = ipv4(number, destination)
        elif name == "udp":
            data = udp(number)
        elif name in ("hbh", "dst"):
            data = options(nexthdr, **keywords) + data
        elif name == "srh":
            data = srh(nexthdr, sid, **keywords) + data
        elif name == "frag":
            data = fragment(nexthdr, **keywords) + data
        elif name == "ah":
            data = ah(nexthdr) + data
        elif name != "none":
            sys.exit(f"inject.py: no such header: {name}")
        nexthdr = NUMBERS[name]
    return data, nexthdr


def in_netns(name, *socket_arguments):
    with open(f"/run/netns/{name}") as netns:
        os.setns(netns.fileno(), os.CLONE_NEWNET)
    return socket.socket(*socket_arguments)


def main(sender, receiver, sid, destination):
    cases = [line.split(maxsplit=2) for line in sys.stdin if line.strip() and not line.startswith("#")]
    # On one CPU, veth keeps the packets in order.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    arrivals = in_netns(receiver, socket.AF_INET, socket.SOCK_DGRAM)
    arrivals.bind(("", PORT))
    arrivals.settimeout(TIMEOUT)
    out = in_netns(sender, socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    out.connect((sid, 0))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.connect((sid, PORT))
        source = socket.inet_pton(socket.AF_INET6, probe.getsockname()[0])

    def send(number, headers):
        data, nexthdr = packet(number, headers, sid, destination)
        head = struct.pack("!IHBB", 6 << 28, len(data), nexthdr, 64)
        out.send(head + source + socket.inet_pton(socket.AF_INET6, sid) + data)

    delivered = set()
    for number, (_, _, headers) in enumerate(cases):
        send(number, headers.strip())
    send(SENTINEL, "ip4")
    while True:
        try:
            (number,) = struct.unpack("!H", arrivals.recv(64)[:2])
        except TimeoutError:
            sys.exit(f"inject.py: not even a plain IPv4-in-IPv6 packet arrived within {TIMEOUT} s")
        if number == SENTINEL:
            break
        delivered.add(number)
    for number, (_, name, headers) in enumerate(cases):
        print("deliver" if number in delivered else "drop", name, headers.strip())


main(*sys.argv[1:])

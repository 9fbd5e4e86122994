#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends a packet to each of so many addresses of a prefix, for a tenant's host:

    spray.py SENDER_NS PREFIX NUMBER SOURCE DESTINATION"""

import os
import socket
import struct
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "lib"))
from forge import chain, ip6, ipv4  # noqa: E402
from netns import enter  # noqa: E402


def main():
    sender, prefix, number, source, destination = sys.argv[1:]
    enter(sender)
    out = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    packet = chain(inner=ipv4(src=source, dst=destination))
    before, behind = packet[:24] + ip6(prefix)[:8], packet[40:]
    for i in range(1, int(number) + 1):
        # Addresses like those of SIDs that are numbered: nothing but their last octets differs.
        address = struct.pack("!Q", i)
        out.sendto(before + address + behind, (prefix + f"{i:x}", 0))


main()

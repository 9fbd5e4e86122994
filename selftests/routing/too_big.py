#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The host tells the edge that its packets are too big, so that the edge's route to it gets an exception:

    too_big.py EDGE VRF HOST ADDRESS MTU

There is no smaller link, and the edge has sent one datagram, from a socket that is bound to its VRF."""

import os
import socket
import struct
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "lib"))
from forge import UDP, checksum  # noqa: E402
from netns import enter  # noqa: E402

DISCARD = 9
IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2
DESTINATION_UNREACHABLE, FRAGMENTATION_NEEDED = 3, 4


def main():
    edge, vrf, host, address, mtu = sys.argv[1:]
    enter(edge)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, vrf.encode())
    sender.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    sender.connect((address, DISCARD))
    sender.send(bytes(1000))
    source, port = sender.getsockname()

    enter(host)
    quoted = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1028, 1, 0x4000, 64, UDP, 0, socket.inet_aton(source),
                         socket.inet_aton(address)) + struct.pack("!4H", port, DISCARD, 1008, 0)
    message = struct.pack("!BBHHH", DESTINATION_UNREACHABLE, FRAGMENTATION_NEEDED, 0, 0, int(mtu)) + quoted
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).sendto(message, (source, 0))


main()

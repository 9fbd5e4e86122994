#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends single echo requests, and tells what becomes of each.

    echo.py SENDER_NS RECEIVER_NS DESTINATION

For each line it reads it sends one, and prints "lost", if it has not reached the receiver within a second, "arrived", or
"answered". With the line "arrival" it does not wait for the answer. Other than by ping it is seen where a request went
whose answer is lost; and it is one process for all of them.
"""

import os
import select
import socket
import struct
import sys
import time

import forge
from netns import enter

PATIENCE = 1.0
ID = os.getpid() & 0xffff


class Icmp:
    family, protocol, request, reply = socket.AF_INET, socket.IPPROTO_ICMP, 8, 0

    @staticmethod
    def message(packet):
        return packet[(packet[0] & 15) * 4:]


class Icmpv6:
    family, protocol, request, reply = socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129

    @staticmethod
    def message(packet):
        return packet


def raw_socket(netns, icmp):
    enter(netns)
    return socket.socket(icmp.family, socket.SOCK_RAW, icmp.protocol)


def echo_request(icmp, number):
    """The two differ in the type only, for the kernel sets the checksum of ICMPv6."""
    return bytes([icmp.request]) + forge.echo_request(b"", ID, number)[1:]


def comes(sock, icmp, kind, number):
    """Whether it does within PATIENCE."""
    end = time.monotonic() + PATIENCE
    while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        got = icmp.message(sock.recv(65536))
        if got[:1] == bytes([kind]) and got[4:8] == struct.pack("!HH", ID, number):
            return True
    return False


def main(sender, receiver, destination):
    icmp = Icmpv6 if ":" in destination else Icmp
    here, there = raw_socket(sender, icmp), raw_socket(receiver, icmp)
    for number, line in enumerate(sys.stdin, 1):
        here.sendto(echo_request(icmp, number), (destination, 0))
        if not comes(there, icmp, icmp.request, number):
            print("lost", flush=True)
        elif line.strip() == "arrival" or not comes(here, icmp, icmp.reply, number):
            print("arrived", flush=True)
        else:
            print("answered", flush=True)


main(*sys.argv[1:])

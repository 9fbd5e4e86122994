# SPDX-License-Identifier: GPL-2.0
"""Requests to rtnetlink that create and delete End.DT4 routes and nexthops, each one system call."""

import socket
import struct

from netns import enter

RTM_NEWROUTE, RTM_DELROUTE, RTM_NEWNEXTHOP, RTM_DELNEXTHOP = 24, 25, 104, 105
REQUEST, ACK, REPLACE, CREATE = 1, 4, 0x100, 0x400
RTA_DST, RTA_OIF, RTA_ENCAP_TYPE, RTA_ENCAP = 1, 4, 21, 22
NHA_ID, NHA_OIF, NHA_ENCAP_TYPE, NHA_ENCAP = 1, 5, 7, 8
ENCAP_SEG6_LOCAL, ACTION, VRFTABLE, COUNTERS, END_DT4 = 7, 1, 9, 10, 8
PACKETS, BYTES, ERRORS = 2, 3, 4
TABLE_MAIN, PROTO_BOOT, TYPE_UNICAST = 254, 3, 1
NESTED = 0x8000


def attribute(type, value):
    if isinstance(value, int):
        value = struct.pack("=I", value)
    return (struct.pack("=HH", 4 + len(value), type) + value).ljust((len(value) + 7) & ~3, b"\0")


def end_dt4(table):
    counters = b"".join(attribute(counter, bytes(8)) for counter in (PACKETS, BYTES, ERRORS))
    return attribute(ACTION, END_DT4) + attribute(VRFTABLE, table) + attribute(COUNTERS | NESTED, counters)


def route(sid, *attributes):
    return (struct.pack("=BBBBBBBBI", socket.AF_INET6, 128, 0, 0, TABLE_MAIN, PROTO_BOOT, 0, TYPE_UNICAST, 0) +
            attribute(RTA_DST, socket.inet_pton(socket.AF_INET6, sid)) + b"".join(attributes))


def encapsulation(table, ifindex, oif, encap_type, encap):
    return (attribute(oif, ifindex), attribute(encap_type, struct.pack("=H", ENCAP_SEG6_LOCAL)),
            attribute(encap | NESTED, end_dt4(table)))


def route_encap(table, ifindex):
    return encapsulation(table, ifindex, RTA_OIF, RTA_ENCAP_TYPE, RTA_ENCAP)


def nexthop(number, *attributes):
    return struct.pack("=BBBBI", socket.AF_INET6 if attributes else 0, 0, 0, 0, 0) + attribute(NHA_ID, number) + b"".join(attributes)


def nexthop_encap(table, ifindex):
    return encapsulation(table, ifindex, NHA_OIF, NHA_ENCAP_TYPE, NHA_ENCAP)


class Rtnetlink:
    def __init__(self, netns):
        enter(netns)
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)

    def request(self, type, body, flags=0):
        """What the kernel answers: 0 or an error number."""
        self.socket.send(struct.pack("=IHHII", 16 + len(body), type, REQUEST | ACK | flags, 0, 0) + body)
        return -struct.unpack_from("=i", self.socket.recv(4096), 16)[0]

# SPDX-License-Identifier: GPL-2.0
"""The wires at both sides of pe2: one packet goes in from the core, and what comes out of pe2 is seen."""

import os
import re
import socket
import struct
import sys
from collections import namedtuple

import forge
from netns import enter

ETH_P_ALL, ETH_P_IPV4, ETH_P_IPV6 = 3, 0x0800, 0x86DD
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
# Of a module that only audits, the verdicts.
DROPS = ("/sys/kernel/debug/seg6_end_dt4/drops", "/sys/kernel/debug/seg6_end_dt4/audit")

# A DSCP that no other packet has.
MARKER = forge.ipv4(forge.udp(b"marker"), tos=0xFC)
MARKER_OUT = forge.ipv4(forge.udp(b"marker"), tos=0xFC, ttl=63)

# What came of one packet: IP packets at the tenant's host, IPv6 packets at pe1 (errors, and what leaves the VRF for
# the other site), and the module's drops by cause; of one that audits, its verdicts, that of the marker included.
Outcome = namedtuple("Outcome", "host core drops")


def packet_socket(netns, device):
    enter(netns)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    sock.bind((device, ETH_P_ALL))
    return sock, sock.getsockname()[4]


def is_chatter(frame):
    """Whether IPv6 sent it of itself: neighbour discovery and the like; reports of multicast groups are behind 8 octets of
    options."""
    type_at = {forge.ICMPV6: 54, forge.HOP_BY_HOP: 62}.get(frame[20])
    return bool(type_at) and frame[type_at:type_at + 1] >= b"\x80"


def without_flow_label(packet):
    """The kernel makes it up from a random hash."""
    return packet[:1] + bytes([packet[1] & 0xF0, 0, 0]) + packet[4:]


class Wire:
    """Packets keep their order, for all is done on one CPU. A marker sent after each tells when its effects are over,
    those at pe1 as well: they were queued earlier."""

    def __init__(self, pe1, pe2, host, marker=forge.chain(inner=MARKER), to=None, timeout=20):
        """To another link-layer address than pe2's, if one is given; but not the marker."""
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        self.drops = next((open(path) for path in DROPS if os.path.exists(path)), None)
        far, there = packet_socket(pe2, "core")
        far.close()
        self.host, _ = packet_socket(host, "eth0")
        self.host.settimeout(timeout)
        self.core, here = packet_socket(pe1, "core")
        self.core.setblocking(False)
        self.ethernet = (to or there) + here + struct.pack("!H", ETH_P_IPV6)
        self.marker = there + self.ethernet[6:] + marker
        self.counts = self.read_drops()

    def read_drops(self):
        if not self.drops:
            return []
        return re.findall(rb"^(\S+)(?: \S+)? (\d+)$", os.pread(self.drops.fileno(), 4096, 0), re.MULTILINE)

    def dropped(self):
        before, self.counts = self.counts, self.read_drops()
        if before == self.counts:
            return ()
        return tuple(name.decode() for (name, new), (_, old) in zip(self.counts, before)
                     for _ in range(int(new) - int(old)))

    def at_host(self):
        packets = []
        while True:
            try:
                frame = self.host.recv(65536)
            except TimeoutError:
                sys.exit("not even a good packet gets through")
            if frame[12:14] == b"\x08\x00":
                if frame[14:] == MARKER_OUT:
                    return tuple(packets)
                packets.append(frame[14:])
            elif frame[12:14] == b"\x86\xdd" and not is_chatter(frame):
                packets.append(frame[14:])

    def at_core(self):
        packets = []
        while True:
            try:
                frame = self.core.recv(65536)
            except BlockingIOError:
                return tuple(packets)
            if frame[12:14] == b"\x86\xdd" and not is_chatter(frame):
                packets.append(without_flow_label(frame[14:]))

    def send(self, packet):
        self.core.send(self.ethernet + packet)
        self.core.send(self.marker)
        return Outcome(self.at_host(), self.at_core(), self.dropped())

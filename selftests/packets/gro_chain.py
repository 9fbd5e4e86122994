# SPDX-License-Identifier: GPL-2.0
"""A burst of TCP segments or UDP datagrams, which GRO on pe2 chains together.

    gro_chain.py PE1 PE2 HOST tcp|tcp-held|udp|udp-edge

The burst is for the tenant's host, or for the edge's own address in the VRF (udp-edge); with tcp-held a packet socket
holds what came from the core all the while. Prints "VERDICT<tab>NAME<tab>DETAIL": each packet has to arrive, in order,
with its payload, right checksums, and the congestion mark of the outer header.
"""

import os
import socket
import struct
import sys

import forge
import wire

PACKETS, PAYLOAD = 60, 200
SPORT, DPORT = 4242, 4243
SO_BINDTODEVICE = 25


class Burst:
    def __init__(self, protocol, dst):
        self.protocol, self.dst = protocol, dst

    def transport(self, number):
        """A TCP segment or a UDP datagram, with its checksum."""
        if self.protocol == forge.TCP:
            head, at = struct.pack("!HHIIBBHHH", SPORT, DPORT, 1 + number * PAYLOAD, 1, 5 << 4, 0x10, 1000, 0, 0), 16
        else:
            head, at = struct.pack("!HHHH", SPORT, DPORT, 8 + PAYLOAD, 0), 6
        message = head + bytes([number]) * PAYLOAD
        pseudo = socket.inet_aton(forge.HOST) + socket.inet_aton(self.dst) + struct.pack("!HH", self.protocol, len(message))
        return message[:at] + struct.pack("!H", forge.checksum(pseudo + message)) + message[at + 2:]

    def packet(self, number):
        inner = forge.ipv4(self.transport(number), dst=self.dst, tos=forge.ECT_0, proto=self.protocol, id=number, flags=2)
        return forge.chain(forge.Srh(), inner=inner, tclass=forge.CE)

    def faults_of_packet(self, number, packet):
        if forge.checksum(packet[:20]):
            yield "IPv4 checksum"
        if packet[1] & 3 != forge.CE:
            yield f"ECN field {packet[1] & 3}"
        if packet[2:6] != struct.pack("!HH", 20 + len(self.transport(number)), number):
            yield f"length and ID {packet[2:6].hex()}"
        if packet[20:] != self.transport(number):
            yield "payload, or what is in front of it"

    def faults_of_payload(self, number, ecn, payload):
        if ecn != forge.CE:
            yield f"ECN field {ecn}"
        if payload != self.transport(number)[8:]:
            yield "payload"


def datagrams(sock):
    """What arrives at a UDP socket: (ECN field, payload)."""
    while True:
        payload, ancillary, _, _ = sock.recvmsg(65536, 64)
        yield ancillary[0][2][0] & 3, payload


def packets(sock, protocol):
    """What arrives at a packet socket: (packet,)."""
    while True:
        frame = sock.recv(65536)
        if frame[12:14] == b"\x08\x00" and frame[23] == protocol:
            yield (frame[14:],)


def socket_of_edge(vrf, address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, vrf)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    sock.bind((address, DPORT))
    return sock


def main(pe1, pe2, host, kind):
    burst = Burst(forge.TCP if kind.startswith("tcp") else forge.UDP, "10.0.2.253" if kind == "udp-edge" else forge.ANYBODY)
    # On one CPU, veth keeps the packets in order.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    held, there = wire.packet_socket(pe2, "core")
    if kind != "tcp-held":
        held.close()
    if kind == "udp-edge":
        receiver = socket_of_edge(b"vrf-100", burst.dst)
        arriving, faults = datagrams(receiver), burst.faults_of_payload
    else:
        receiver, _ = wire.packet_socket(host, "eth0")
        arriving, faults = packets(receiver, burst.protocol), burst.faults_of_packet
    receiver.settimeout(20)
    sender, here = wire.packet_socket(pe1, "core")
    frames = [there + here + struct.pack("!H", wire.ETH_P_IPV6) + burst.packet(number) for number in range(PACKETS)]
    for frame in frames:
        sender.send(frame)

    wrong = []
    for number in range(PACKETS):
        try:
            found = ", ".join(faults(number, *next(arriving)))
        except TimeoutError:
            wrong.insert(0, f"{number} of {PACKETS} packets arrived")
            break
        if found:
            wrong.append(f"packet {number}: {found}")
    print("failed" if wrong else "ok", f"{kind}: every packet of the burst", "; ".join(wrong[:4]) or "-", sep="\t")


main(*sys.argv[1:])

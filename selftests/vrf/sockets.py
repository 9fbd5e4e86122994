#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which sockets of an edge get what a tenant sends to its address in the VRF, and what they are told of it.

    sockets.py EDGE_NS VRF CORE_PORT HOST_NS ADDRESS
"""

import socket
import struct
import sys

from netns import enter

edge, vrf, core, host, address = sys.argv[1:]
IP_PKTINFO = 8
RAW_PROTOCOL = 253  # RFC 3692, for experiments
TIMEOUT = 5
ports = iter(range(5000, 6000))


def sysctl(name, value):
    enter(edge)
    with open(f"/proc/sys/net/ipv4/{name}", "w") as file:
        file.write(str(value))


def open_socket(kind, protocol=0, device=None, port=0):
    enter(edge)
    sock = socket.socket(socket.AF_INET, kind, protocol)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode() + b"\0")
    sock.settimeout(TIMEOUT)
    if kind != socket.SOCK_RAW:
        sock.bind(("", port))
    return sock


def send(kind, protocol=0, port=0):
    enter(host)
    with socket.socket(socket.AF_INET, kind, protocol) as sock:
        sock.sendto(b"of the tenant", (address, port))


def arrived(sock):
    """Whether something is there already."""
    sock.setblocking(False)
    try:
        sock.recv(99)
        return True
    except BlockingIOError:
        return False


def report(right, name, detail):
    print("ok" if right else "no", name, detail, sep="\t", flush=True)


def datagrams(device, want, name):
    """The one to a socket of the VRF, which is sent after it, tells when the other one would have arrived."""
    other, last = next(ports), next(ports)
    with open_socket(socket.SOCK_DGRAM, device=device, port=other) as sock, \
            open_socket(socket.SOCK_DGRAM, device=vrf, port=last) as sentinel:
        send(socket.SOCK_DGRAM, port=other)
        send(socket.SOCK_DGRAM, port=last)
        sentinel.recv(99)
        got = arrived(sock)
        report(got == want, f"UDP, {name}", "received" if got else "not received")


def raw(device, want, name):
    with open_socket(socket.SOCK_RAW, RAW_PROTOCOL, device) as sock, \
            open_socket(socket.SOCK_RAW, RAW_PROTOCOL, vrf) as sentinel:
        send(socket.SOCK_RAW, RAW_PROTOCOL)
        sentinel.recv(99)
        got = arrived(sock)
        report(got == want, f"raw, {name}", "received" if got else "not received")


def connects(port):
    enter(host)
    try:
        with socket.create_connection((address, port), timeout=TIMEOUT):
            return "connected"
    except OSError as error:
        return type(error).__name__


def stream(device, want, name):
    port = next(ports)
    with open_socket(socket.SOCK_STREAM, device=device, port=port) as sock:
        sock.listen()
        got = connects(port)
        want = "connected" if want else "ConnectionRefusedError"
        report(got == want, f"TCP, {name}", f"{got}, want {want}")


def told():
    """IP_PKTINFO: the interface index, ip(7)."""
    port = next(ports)
    with open_socket(socket.SOCK_DGRAM, device=vrf, port=port) as sock:
        sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        send(socket.SOCK_DGRAM, port=port)
        ancillary = sock.recvmsg(99, 99)[1]
        enter(edge)
        name = socket.if_indextoname(struct.unpack_from("i", ancillary[0][2])[0])
        report(name == vrf, "IP_PKTINFO names the VRF", name)


for transport in datagrams, stream, raw:
    transport(vrf, True, "a socket bound to the VRF gets it")
    transport(core, False, "one bound to the core port does not")
for transport, name in (datagrams, "udp"), (stream, "tcp"), (raw, "raw"):
    for accept in 1, 0:
        sysctl(f"{name}_l3mdev_accept", accept)
        transport(None, bool(accept), f"{'one' if accept else 'none'} of all devices with {name}_l3mdev_accept={accept}")
told()

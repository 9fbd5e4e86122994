# SPDX-License-Identifier: GPL-2.0
"""fault_injection_packets.py BUILTIN-OR-MODULE PE1 PE2 HOST: packets for which the module needs memory, which it does not get.

Prints a line "ok NAME" or "failed NAME DETAIL" for each, separated by tabs."""

import struct
import sys
import time

import cases
import forge
from faults import DEBUGFS, KINDS, only_below, write
from forge import CE, ECT_0, Srh, chain, ipv4
from wire import Outcome, Wire, packet_socket

SECTIONS = "/sys/module/seg6_end_dt4/sections"
SOL_PACKET, PACKET_VNET_HDR = 263, 15
LARGE = 40 + 2 * 2048  # The virtio header says how much of it is linear.


def large(inner):
    return chain(forge.LARGEST, forge.LARGEST, inner=inner)


# name, packet, octets in the linear part (None: all), and the cause that is counted.
PACKETS = [
    ("pull of outer headers", large(ipv4()), 40, "no_memory"),
    ("pull of the end of outer headers", large(ipv4()), LARGE - 8, "no_memory"),
    ("pull of the inner header", large(ipv4()), LARGE, "no_memory"),
    ("pull of inner options", large(ipv4(opts=bytes(8))), LARGE + 20, "no_memory"),
    ("trimming of shared data", large(ipv4() + bytes(64)), LARGE + 20, "no_memory"),
    ("congestion mark in shared data", chain(Srh(), inner=ipv4(tos=ECT_0), tclass=CE), None, "no_memory"),
    ("options in shared data", chain(Srh(), inner=ipv4(opts=bytes(8))), None, "no_memory"),
    ("forwarding of shared data", chain(Srh(), inner=ipv4()), None, "next_layer"),
]


def module_text():
    with open(f"{SECTIONS}/.text") as file:
        start = int(file.read(), 16)
    with open("/proc/modules") as file:
        size = next(int(line.split()[1]) for line in file if line.startswith("seg6_end_dt4 "))
    return start, start + size


class Faults:
    """While entered, what the module allocates on the packet path fails."""

    def __init__(self):
        only_below(*module_text())
        for kind in KINDS:
            for name, value in ("interval", 1), ("times", -1), ("task-filter", "N"):
                write(f"{DEBUGFS}/{kind}/{name}", value)

    def probability(self, percent):
        for kind in KINDS:
            write(f"{DEBUGFS}/{kind}/probability", percent)

    def __enter__(self):
        self.probability(100)

    def __exit__(self, *_):
        self.probability(0)


class Sender(Wire):
    """A socket that nobody reads takes a clone of each packet on its way, so that the data is shared."""

    def __init__(self, pe1, pe2, host):
        self.tap, _ = packet_socket(pe2, "core")
        super().__init__(pe1, pe2, host)
        self.core.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)

    def forget(self):
        self.tap.setblocking(False)
        try:
            while self.tap.recv(1):
                pass
        except BlockingIOError:
            pass

    def put(self, packet, linear):
        frame = self.ethernet + packet
        header = struct.pack("=BBHHHH", 0, 0, min(len(frame), 14 + (linear or len(frame))), 0, 0, 0)
        self.core.send(header + frame)

    def at_core(self):
        return ()

    def send(self, packet, linear=None, faults=None):
        self.forget()
        if faults:
            with faults:
                self.put(packet, linear)
                for _ in range(100):
                    if self.read_drops() != self.counts:
                        break
                    time.sleep(0.02)
        else:
            self.put(packet, linear)
        self.put(self.marker[14:], None)
        return Outcome(self.at_host(), (), self.dropped())


def judge(sender, faults, packet, linear, cause):
    good = sender.send(packet, linear)
    if good.drops or len(good.host) != 1:
        return f"without faults: {len(good.host)} packets arrive, dropped {good.drops}"
    bad = sender.send(packet, linear, faults)
    if bad != cases.drop(cause):
        return f"with faults: {len(bad.host)} packets arrive, dropped {bad.drops}, want {cause}"
    if sender.send(packet, linear) != good:
        return "no good packet gets through afterwards"
    return ""


def main(*namespaces):
    faults = Faults()
    sender = Sender(*namespaces)
    for name, packet, linear, cause in PACKETS:
        problem = judge(sender, faults, packet, linear, cause)
        print("failed" if problem else "ok", f"No memory: {name}", problem, sep="\t", flush=True)


main(*sys.argv[2:])

# SPDX-License-Identifier: GPL-2.0
"""Floods of what nobody should send: flood.py WHO PE1 PE2 HOST, as for cases.py. The edge limits its ICMPv6 errors to
BURST and then RATE a second altogether, and to a burst of 6 and then one a second for each destination."""

import itertools
import random
import sys
import time
from collections import Counter

import forge
from forge import CE, ROUTING, SID, UDP, Dst, Frag, Srh, chain, hmac_tlv, ipv4, udp
from wire import Wire

COUNT, BURST, RATE = 1000, 10, 20
NOT_LAST = Srh(segments=[SID, "fc00:9::1"], sl=1)

# A packet of each malformed class, by the cause that the module gives; all sources are spoofed.
CLASSES = {
    "outer_truncated": lambda src: forge.ipv6(ROUTING, b"\4", src=src),
    "too_many_extension_headers": lambda src: chain(*[Dst()] * 13, src=src),
    "outer_fragment": lambda src: chain(Frag(more=1), src=src),
    "malformed_srh": lambda src: chain(Srh(last=5, flags=forge.HMAC_FLAG), src=src),
    "segments_left": lambda src: chain(NOT_LAST, src=src),
    "routing_type": lambda src: chain(Srh(type=9, sl=1), src=src),
    "upper_layer": lambda src: chain(upper=UDP, inner=udp(), src=src),
    "hmac": lambda src: chain(Srh(tlvs=hmac_tlv(7, b"guessed"), flags=forge.HMAC_FLAG), src=src),
    "inner_header": lambda src: chain(inner=ipv4(version=5), src=src),
    "inner_checksum": lambda src: chain(inner=ipv4(csum=1), src=src),
    "inner_truncated": lambda src: chain(inner=ipv4(total=200), src=src),
    "ecn": lambda src: chain(tclass=CE, src=src),
}


def flood(wire, packets):
    """The numbers of packets at the tenant's host and of answers, the module's drops, and how long it took."""
    start, host, answers = time.monotonic(), 0, 0
    # As many as the sockets that look have room for.
    for batch in itertools.batched(packets, 100):
        for packet in batch:
            wire.core.send(wire.ethernet + packet)
        wire.core.send(wire.marker)
        host += len(wire.at_host())
        answers += len(wire.at_core())
    return host, answers, Counter(wire.dropped()), time.monotonic() - start


def step(name, right, detail):
    print("ok" if right else "no", name, detail, sep="\t")


def main(who, *namespaces):
    rng = random.Random(42)
    wire = Wire(*namespaces)

    def spoofed():
        return f"2001:db8::{rng.randrange(1 << 16):x}:{rng.randrange(1 << 16):x}"

    def limit(seconds):
        # The kernel takes 0 to 2 credits for each, lest somebody counts the rest.
        return 3 * (BURST + RATE * (seconds + 1))

    packets = [make(spoofed()) for _ in range(COUNT) for make in CLASSES.values()]
    host, answers, drops, seconds = flood(wire, packets)
    want = Counter(dict.fromkeys(CLASSES, COUNT)) if who == "module" else Counter()
    step(f"{who}: {len(packets)} malformed packets: all are accounted for", drops == want, f"want {want}, got {drops}")
    if who == "builtin":
        print("ok", f"builtin: {host} of them reach the tenant", "", sep="\t")
        return
    step("module: none reaches the tenant", host == 0, f"{host} do")
    step(f"module: {answers} answers in {seconds:.1f} s: the limit for all holds", 0 < answers <= limit(seconds),
         f"want 1 to {limit(seconds):.0f}")

    time.sleep(1)
    _, answers, _, seconds = flood(wire, [chain(NOT_LAST, src="2001:db8::1")] * 2000)
    step(f"module: {answers} answers to one source in {seconds:.1f} s: the limit for each holds", 0 < answers <= 7 + seconds,
         f"want 1 to {7 + seconds:.0f}")
    time.sleep(1)
    _, answers, _, seconds = flood(wire, [chain(NOT_LAST, src=spoofed()) for _ in range(2000)])
    step(f"module: {answers} answers to 2000 sources in {seconds:.1f} s: the limit for all holds",
         0 < answers <= limit(seconds), f"want 1 to {limit(seconds):.0f}")


main(*sys.argv[1:])

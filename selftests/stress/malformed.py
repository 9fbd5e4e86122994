# SPDX-License-Identifier: GPL-2.0
"""malformed.py PE1 PE2: the packets of the differential test, valid and mutated, once, from pe1 to pe2."""

import itertools
import struct
import sys
import time

from differential_packets import generate
from wire import ETH_P_IPV6, packet_socket


def main(pe1, pe2):
    far, there = packet_socket(pe2, "core")
    far.close()
    core, here = packet_socket(pe1, "core")
    ethernet = there + here + struct.pack("!H", ETH_P_IPV6)
    # With pauses, so that no queue of the kernel overflows: the tenant that counts its packets shares them.
    for batch in itertools.batched(itertools.chain(generate("ipv4"), generate("ipv6")), 50):
        for packet in batch:
            core.send(ethernet + packet)
        time.sleep(0.01)


main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends one small datagram each of many inner flows into the tunnel, all with one outer flow label.

    routing.py EDGE_NS SID DESTINATION FLOWS FLOW_LABEL
"""

import socket
import sys
import time

import forge
from netns import enter

edge, sid, destination, flows, label = sys.argv[1:]
enter(edge)
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as core:
    for flow in range(int(flows)):
        inner = forge.ipv4(forge.udp(sport=20000 + 7 * flow, dport=9), dst=destination)
        core.sendto(forge.ipv6(forge.IPV4, inner, dst=sid, flow=int(label, 0)), (sid, 0))
        time.sleep(0.005)

# SPDX-License-Identifier: GPL-2.0
"""One packet for the SID, from "far" to "core", in the namespace that this runs in."""

import socket

import forge

with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as far:
    far.bind(("far", 0))
    far.send(b"\2\0\0\0\0\2" b"\2\0\0\0\0\1" b"\x86\xdd" + forge.chain(forge.Srh()))

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who serves SIDs.

    server_of.py SENDER_NS RECEIVER_NS DESTINATION SID...

Prints a line for each SID: "rust", "c" or "nobody". The probe is one packet that only the built-in code delivers, with an
SRH that has fewer segments than it says, and says that it has an HMAC; and one that both deliver, so that "rust" does not
stand for a dead SID.
"""

import sys

from inject import SENTINEL, delivered


def server_of(sender, receiver, destination, sid):
    try:
        numbers = delivered(sender, receiver, sid, destination, ["chain(Srh(last=5, flags=HMAC_FLAG))"])
    except OSError:
        return "nobody"
    return "rust" if numbers == {SENTINEL} else "c"


sender_ns, receiver_ns, inner_destination, *sids = sys.argv[1:]
for sid in sids:
    print(server_of(sender_ns, receiver_ns, inner_destination, sid))

# SPDX-License-Identifier: GPL-2.0
"""Cases for wire.sh: a packet each, and the outcome that it has with the built-in code and with the module. While the
module audits it is that of the built-in code, and the verdict what the module would say.

An expected outcome is compared octet by octet, or is a function of the outcome that says whether it is right.
"""

import struct
import sys
from collections import Counter, namedtuple

import forge
from wire import Outcome, Wire

# What the VRF and its tables say of a packet, and no audit.
ROUTING_CAUSES = {"no_vrf", "not_forwarding", "no_route", "rp_filter", "local_source", "invalid_source", "localnet",
                  "invalid_dest", "neighbour_discovery", "refused_by_route", "next_layer", "other"}

Case = namedtuple("Case", "name packet builtin module")


def forwarded(inner):
    """What comes out if the inner packet, with a valid header, is forwarded: one hop less."""
    if inner[0] >> 4 == 6:
        return inner[:7] + bytes([inner[7] - 1]) + inner[8:]
    end = (inner[0] & 0xF) * 4
    head = inner[:8] + bytes([inner[8] - 1, inner[9], 0, 0]) + inner[12:end]
    return head[:10] + struct.pack("!H", forge.checksum(head)) + head[12:] + inner[end:]


def deliver(inner):
    return Outcome((forwarded(inner),), (), ())


def drop(*causes):
    return Outcome((), (), causes)


def parameter_problem(cause, code, pointer, packet):
    """RFC 4443 section 3.4, with as much of the packet as fits into 1280 octets."""
    source = forge.ip6(forge.PE2) + packet[8:24]
    message = struct.pack("!BBHI", 4, code, 0, pointer) + packet[:1280 - 48]
    csum = forge.checksum(source + struct.pack("!II", len(message), forge.ICMPV6) + message)
    message = message[:2] + struct.pack("!H", csum) + message[4:]
    return Outcome((), (struct.pack("!IHBB", 6 << 28, len(message), forge.ICMPV6, 64) + source + message,), (cause,))


def in_words(outcome):
    if callable(outcome):
        return outcome.__doc__
    words = [f"delivered {packet.hex()}" for packet in outcome.host]
    for packet in outcome.core:
        kind = "ICMPv6 {}/{} {}".format(*struct.unpack("!BBxxI", packet[40:48])) if packet[6] == forge.ICMPV6 else "sent"
        words.append(f"{kind} {packet.hex()}")
    return ", ".join(words + [f"dropped: {cause}" for cause in outcome.drops]) or "dropped"


def briefly(outcome):
    if callable(outcome):
        return outcome.__doc__
    words = ["decapsulated"] * len(outcome.host)
    words += ["Parameter Problem {1}, {2}".format(*struct.unpack("!BBxxI", packet[40:48])) for packet in outcome.core]
    return ", ".join(words + [f"dropped ({cause})" for cause in outcome.drops]) or "dropped"


def judge(name, want, got):
    """One result, as for report_cases."""
    right = want(got) if callable(want) else want == got
    detail = "" if right else f"want: {in_words(want)}; got: {in_words(got)}"
    print("ok" if right else "no", f"{name}: {briefly(want)}", detail, sep="\t", flush=True)


def under_audit(case, got):
    """What is wrong with it, or None."""
    served = got._replace(drops=())
    if not (case.builtin(served) if callable(case.builtin) else case.builtin == served):
        return f"want: {in_words(case.builtin)}; got: {in_words(served)}"
    # Of an outcome that is but described, nothing is said of its drops.
    if callable(case.module):
        return None
    want = Counter(cause for cause in case.module.drops if cause not in ROUTING_CAUSES) or Counter({"accepted": 1})
    verdicts = Counter(got.drops) - Counter({"accepted": 1})
    if "accepted" not in want:
        # What the built-in code passes on may be answered, by way of a SID at the other edge.
        del verdicts["accepted"]
    return None if verdicts == want else f"want the verdict {dict(want)}, got {dict(verdicts)}"


def run(cases, **wire_options):
    who, *namespaces = sys.argv[1:5]
    wire = Wire(*namespaces, **wire_options)
    for case in cases:
        if who == "audit":
            fault = under_audit(case, wire.send(case.packet))
            print("no" if fault else "ok", f"{case.name}: audit", fault or "", sep="\t", flush=True)
        else:
            judge(f"{case.name}: {who}", getattr(case, who), wire.send(case.packet))

# SPDX-License-Identifier: GPL-2.0
"""Sends the same packets to the built-in End.DT4 and to the module, and accounts for every difference.

    differential.py send OUTCOMES PE1 PE2 HOST    what came of each packet, to a file
    differential.py compare BUILTIN MODULE        two such files
"""

import pickle
import sys
from collections import Counter

import forge
from cases import briefly, forwarded, in_words, parameter_problem
from differential_classes import CLASSES, class_of, is_icmpv6_error, judge, reaches_sid
from differential_packets import generate
from wire import Outcome, Wire

# What routing and forwarding may object to; the built-in code finds the same but does not say so.
ROUTING_CAUSES = {"no_route", "rp_filter", "local_source", "invalid_source", "localnet", "invalid_dest",
                  "refused_by_route", "next_layer", "other"}


def send(path, *namespaces):
    wire = Wire(*namespaces)
    with open(path, "wb") as file:
        pickle.dump([tuple(wire.send(packet)) for packet in generate()], file)


def comparable(outcome):
    """Without the identification that the kernel makes up for the ICMPv4 errors in the tunnel, and its checksum."""
    def mask(packet):
        at = 40 + 24 if packet[6] == forge.ROUTING else len(packet)
        if packet[at + 9:at + 10] != b"\1":
            return packet
        return packet[:at + 4] + bytes(2) + packet[at + 6:at + 10] + bytes(2) + packet[at + 12:]

    return outcome.host, tuple(map(mask, outcome.core))


def kind(outcome):
    if any(packet[6] == forge.ICMPV6 for packet in outcome.core):
        return "answered"
    return "forwarded" if outcome.host or outcome.core else "dropped"


def fault_of(packet, verdict, outcome):
    """What is wrong with what the module did, or None."""
    cause, problem, inner, notes = verdict
    if not reaches_sid(packet):
        return "reached the SID" if reaches_sid(packet) is False and outcome != ((), (), ()) else None
    if "fragment" in notes and not cause:
        return None if outcome == ((), (), ()) else "kept"
    if cause:
        want = ((), (), (cause,))
        if problem and not is_icmpv6_error(packet):
            want = parameter_problem(cause, *problem, packet[:40 + int.from_bytes(packet[4:6])])
        if outcome != want:
            return f"want {briefly(Outcome(*want))}, got {kind(outcome)} {outcome.drops}"
        return None
    if "options" in notes:
        # The answer to a bad option repeats it, and is dropped for it at the other edge.
        return None if set(outcome.drops) <= ROUTING_CAUSES | {"inner_options"} else "drops"
    if not set(outcome.drops) <= ROUTING_CAUSES or len(outcome.drops) > 1:
        return "dropped after it was found valid"
    if inner[12:20] == forge.ipv4()[12:20] and inner[8] > 1 and outcome != ((forwarded(inner),), (), ()):
        return "not forwarded as it should be"
    return None


def compare(*paths):
    outcomes = []
    for path in paths:
        with open(path, "rb") as file:
            outcomes.append([Outcome(*outcome) for outcome in pickle.load(file)])
    counts, alike, faults = Counter(), 0, []
    for packet, builtin, module in zip(generate(), *outcomes, strict=True):
        verdict = judge(packet)
        name = class_of(verdict)
        fault = fault_of(packet, verdict, module)
        if comparable(builtin) == comparable(module):
            alike += 1
        else:
            relation = f"{kind(builtin)}, {kind(module)}".replace("forwarded, forwarded", "forwarded, otherwise")
            if name is None:
                fault = fault or "differs without a reason"
            elif relation not in CLASSES[name][0]:
                fault = fault or f"class {name}, but {relation}"
            counts[name, relation] += 1
        if fault:
            faults.append((fault, name, packet, builtin, module))
    print(f"{len(outcomes[0])} packets, {alike} alike")
    for (name, relation), count in sorted(counts.items(), key=str):
        print(f"{count:6} {name}: {relation}")
    kinds = Counter((fault, name) for fault, name, *_ in faults)
    for fault, name, packet, builtin, module in faults:
        count = kinds.pop((fault, name), 0)
        if count:
            print(f"WRONG {count} times: {fault} ({name}), as with {packet.hex()}")
            print(f"    builtin: {in_words(builtin)}\n    module: {in_words(module)}")
    never = [name for name in CLASSES if not any(name == seen for seen, _ in counts)]
    if never:
        print(f"no difference seen in: {', '.join(never)}")
    sys.exit(bool(faults or never))


if __name__ == "__main__":
    {"send": send, "compare": compare}[sys.argv[1]](*sys.argv[2:])

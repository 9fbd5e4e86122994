# SPDX-License-Identifier: GPL-2.0
"""Sends the same packets to the built-in behaviours, to those under audit, and to the module, and accounts for every difference.

    differential.py FAMILY send OUTCOMES PE1 PE2 HOST    what came of each packet, to a file
    differential.py FAMILY compare BUILTIN AUDIT MODULE  three such files
"""

import pickle
import sys
from collections import Counter

import forge
from cases import ROUTING_CAUSES, briefly, forwarded, in_words, parameter_problem
from differential_classes import CLASSES, TO_BE_SEEN, class_of, is_icmpv6_error, judge, reaches_sid
from differential_packets import EVERY, generate
from wire import Outcome, Wire


def send(family, path, *namespaces):
    wire = Wire(*namespaces)
    with open(path, "wb") as file:
        pickle.dump([tuple(wire.send(packet)) for packet in generate(family)], file)


def comparable(outcome):
    """Without the identification that the kernel makes up for ICMPv4 errors, and its checksum."""
    def mask(packet, at):
        if packet[at + 9:at + 10] != b"\1":
            return packet
        return packet[:at + 4] + bytes(2) + packet[at + 6:at + 10] + bytes(2) + packet[at + 12:]

    return (tuple(mask(packet, 0) for packet in outcome.host),
            tuple(mask(packet, 40 + 24 if packet[6] == forge.ROUTING else len(packet)) for packet in outcome.core))


def without_sources(outcome):
    """Without the source of ICMPv6 errors to the tenant, and what is made from it: flow label and checksum."""
    def mask(packet):
        outer, inner = packet[:64], packet[64:]
        if outer[6] != forge.ROUTING or inner[6] != forge.ICMPV6 or inner[40] >= 128:
            return packet
        return outer + inner[:1] + bytes(3) + inner[4:8] + bytes(16) + inner[24:42] + bytes(2) + inner[44:]

    return comparable(outcome._replace(core=tuple(map(mask, outcome.core))))


def kind(outcome):
    if any(packet[6] == forge.ICMPV6 for packet in outcome.core):
        return "answered"
    return "forwarded" if outcome.host or outcome.core else "dropped"


def fault_of(packet, verdict, outcome):
    """What is wrong with what the module did, or None."""
    cause, problem, inner, notes = verdict
    if "the tenant is told" in notes and cause == "inner_options" and outcome.drops == (cause,):
        # At the host, if it was made the way to who is told.
        return None if len(outcome.core + outcome.host) <= 1 else "told more than once"
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
    if "options" in notes and inner[0] >> 4 == 4:
        # The answer to a bad option repeats it, and is dropped for it at the other edge.
        return None if set(outcome.drops) <= ROUTING_CAUSES | {"inner_options"} else "drops"
    if not set(outcome.drops) <= ROUTING_CAUSES or len(outcome.drops) > 1:
        return "dropped after it was found valid"
    is_for_host = inner[8:40] == forge.inner_ipv6()[8:40] and inner[7] > 1 if inner[0] >> 4 == 6 else \
        inner[12:20] == forge.ipv4()[12:20] and inner[8] > 1
    if is_for_host and outcome != ((forwarded(inner),), (), ()):
        return "not forwarded as it should be"
    return None


def fault_of_audit(packet, verdict, builtin, audited, module):
    """What is wrong with what the audit did, or None."""
    if comparable(builtin) != comparable(audited):
        return "audit: not what comes out without it"
    verdicts = Counter(audited.drops) - Counter({"accepted": 1})
    refused = set(verdicts) - {"accepted", "fragments", "undecided"}
    causes = set(module.drops) - ROUTING_CAUSES
    if "fragment" in verdict.notes and reaches_sid(packet) and "fragments" in verdicts:
        # What becomes of it is a matter of the others.
        causes -= {"outer_fragment", "outer_truncated"}
    if any(sent[6] == forge.ROUTING for sent in audited.core):
        # The built-in code has passed it on, or an answer to it, to the other edge, whose SID is audited as well.
        refused &= causes | {"inner_options"}
    if "inner_options" in refused | causes:
        # Options come last: what routing has refused by then is not known for them, nor is what an answer with the same
        # options meets at the other edge. Security labels are not decided about.
        if "inner_options" in causes and not {"inner_options", "undecided"} & set(verdicts):
            return "audit: bad options not seen"
        if "inner_options" in refused and not module.drops:
            return "audit: good options refused"
        refused, causes = refused - {"inner_options"}, causes - {"inner_options"}
    if refused != causes:
        return f"audit: {sorted(verdicts)}, module: {module.drops}"
    return None


def compare(family, *paths):
    outcomes = []
    for path in paths:
        with open(path, "rb") as file:
            outcomes.append([Outcome(*outcome) for outcome in pickle.load(file)])
    counts, alike, faults = Counter(), 0, []
    for packet, builtin, audited, module in zip(generate(family), *outcomes, strict=True):
        verdict = judge(packet)
        name = class_of(verdict)
        fault = fault_of(packet, verdict, module) or fault_of_audit(packet, verdict, builtin, audited, module)
        if comparable(builtin) == comparable(module):
            alike += 1
        else:
            relation = f"{kind(builtin)}, {kind(module)}".replace("forwarded, forwarded", "forwarded, otherwise")
            if name is None and without_sources(builtin) == without_sources(module):
                name = "source of errors"
            elif name is None:
                fault = fault or "differs without a reason"
            elif relation not in CLASSES[name][0]:
                fault = fault or f"class {name}, but {relation}"
            counts[name, relation] += 1
        if fault:
            faults.append((fault, name, packet, builtin, audited, module))
    print(f"{len(outcomes[0])} packets, {alike} alike")
    for (name, relation), count in sorted(counts.items(), key=str):
        print(f"{count:6} {name}: {relation}")
    kinds = Counter((fault, name) for fault, name, *_ in faults)
    for fault, name, packet, builtin, audited, module in faults:
        count = kinds.pop((fault, name), 0)
        if count:
            print(f"WRONG {count} times: {fault} ({name}), as with {packet.hex()}")
            print(f"    builtin: {in_words(builtin)}\n    audit: {in_words(audited)}\n    module: {in_words(module)}")
    # A choice of packets need not have them all.
    never = sorted(TO_BE_SEEN[family] - {name for name, _ in counts}) if EVERY == 1 else []
    if never:
        print(f"no difference seen in: {', '.join(never)}")
    sys.exit(bool(faults or never))


if __name__ == "__main__":
    {"send": send, "compare": compare}[sys.argv[2]](sys.argv[1], *sys.argv[3:])

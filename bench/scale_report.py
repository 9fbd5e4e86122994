#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How the cost grows, as tables:

    scale_report.py DIRECTORY

Exit status 1: the module's share of the built-in code's total is above MOST somewhere."""

import json
import sys
from pathlib import Path

from results import count_packets, read_ticks
from tables import number, row

MOST = 0.55
KINDS = {"sids": "SIDs", "vrfs": "VRFs, a SID each", "routes": "routes in the VRF"}


def instructions(work, run, packets):
    """Instructions per packet, and those of the dearest."""
    overhead = min(read_ticks(work, "none.ipv4-64", 1)[0])
    least = [min(rounds) - overhead for rounds in read_ticks(work, run, packets)]
    return sum(least) / len(least), max(least)


def costs(work, steps):
    """For each step (average, dearest packet) of either side."""
    for kind, step in steps:
        packets = count_packets(work, f"{kind}-{step}")
        yield kind, step, *(instructions(work, f"{server}.{kind}-{step}", packets) for server in ("builtin", "module"))


def cost_table(found):
    yield row("Number of", "", "C", "Rust", "Rust/C", "C, dearest packet", "Rust, dearest packet")
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for kind, step, (builtin, builtin_most), (module, module_most) in found:
        yield row(KINDS[kind], number(step), number(builtin), number(module), f"{module / builtin:.3f}",
                  number(builtin_most), number(module_most))


def memory_table(work):
    memory = {}
    for line in (work / "memory").read_text().splitlines():
        kind, step, server, routes, octets = line.split()
        memory[kind, int(step), server] = int(octets) / int(routes)
    most = {kind: max(step for k, step, _ in memory if k == kind) for kind, _, _ in memory}
    yield row("Memory, octets", "C", "Rust")
    yield "|---|--:|--:|"
    for kind, title in (("sids-sids", "per SID, of 10,000"), ("vrfs-sids", "per SID, of 1,000 in as many VRFs")):
        yield row(title, *(number(memory[kind, most[kind], server]) for server in ("builtin", "module")))
    yield row("per route in the VRF, of the last 900,000", number(memory["routes", most["routes"], "both"]), "the same")


def main():
    work = Path(sys.argv[1])
    machine = json.loads((work / "machine.json").read_text())
    if machine["thousand"] != 1000:
        sys.exit(f"error: 1000 instructions took {machine['thousand']} ticks: this is not -icount shift=0")
    steps = [(line.split()[0], int(line.split()[2])) for line in (work / "steps").read_text().splitlines()]
    found = list(costs(work, steps))
    text = "\n\n".join("\n".join(table) for table in (cost_table(found), memory_table(work))) + "\n"
    (work / "results.md").write_text(text)
    print(f"\nMetric: instructions per packet, {machine['kernel']}\n\n{text}")
    missed = [f"missed: {step} {KINDS[kind]}: {ours / theirs:.3f} of the built-in code's total, more than {MOST}"
              for kind, step, (theirs, _), (ours, _) in found if ours > MOST * theirs]
    print("\n".join(missed) or "All bars are met.")
    sys.exit(bool(missed))


main()

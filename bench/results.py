# SPDX-License-Identifier: GPL-2.0
"""From what the VM left to results: for each case, who served it and how often it was measured."""

import json
from array import array
from collections import Counter
from statistics import median

from tracing import FORWARD, LOOKUP, OWN, RECEIVE, Symbols, attribute, read_traces

# What either side is measured in, see situations.sh: an ordinary router; the VRFs' rule first; rp_filter=2; policy
# rules that select; an IPv6 route that changes before each packet.
SITUATIONS = ("", "_order", "_loose", "_rules", "_changing")
# And the module without remember_route, with none of its switches on, with its SIDs in another namespace, and looking on
# while the built-in code serves; and eBPF: by tc, by tcx, and without regard to policy rules.
SERVERS = tuple(side + situation for situation in SITUATIONS for side in ("builtin", "module")) + (
    "direct", "asking", "elsewhere", "ebpf", "ebpf_tcx", "ebpf_table", "audit")
PARTS = (RECEIVE, OWN, LOOKUP, FORWARD)


class WrongMeasurement(Exception):
    """The measurement contradicts itself; there is nothing to report."""


def read_ticks(work, run, packets):
    """Ticks of each round of each packet, as a list of packets."""
    ticks = array("I", (work / f"{run}.ticks").read_bytes())
    return [ticks[packet::packets] for packet in range(packets)]


def count_packets(work, name):
    data, packets, offset = (work / f"{name}.packets").read_bytes(), 0, 0
    while offset < len(data):
        length = 8 + sum(array("H", data[offset:offset + 4]))
        offset += length + length % 2
        packets += 1
    return packets


def read_runs(work):
    """The runs in their order: [[phase, case, whether it is traced]]; a phase is SERVER.NUMBER, the first one is of the
    generator alone."""
    lines = map(str.split, (work / "runs").read_text().splitlines())
    return [(phase, case, traced == "1") for phase, case, traced in lines]


def traces_of(work, runs):
    traced = [(phase, case) for phase, case, traced in runs if traced]
    return dict(zip(traced, read_traces(work / "traces"), strict=True))


def instructions(work, runs):
    """Instructions per packet: the least of all rounds, because an interrupt only adds. What is not traced differs in
    each round, and is their median."""
    overhead = min(read_ticks(work, "none.ipv4-64", 1)[0])
    traces = traces_of(work, runs)
    symbols = {phase: Symbols(work / "kallsyms", work / f"{phase}.kallsyms") for phase, _, _ in runs}
    generator = attribute(traces["none", "ipv4-64"], symbols["none"])
    measured = {}
    for phase, case, traced in runs[1:]:
        packets = read_ticks(work, f"{phase}.{case}", count_packets(work, case))
        if not traced:
            measured[phase, case] = (median(packets[0]) - overhead, None)
            continue
        ticks = [min(rounds) - overhead for rounds in packets]
        functions = attribute(traces[phase, case], symbols[phase])
        functions.subtract(generator)
        functions = +functions
        # Two ways to count the first packet: the clock of the guest, and the plugin's trace.
        if functions.total() != ticks[0]:
            raise WrongMeasurement(f"{phase} {case}: {ticks[0]} instructions by the clock, {functions.total()} traced")
        measured[phase, case] = (sum(ticks) / len(ticks), functions)
    return measured


def result_of_instructions(measured, server, case):
    values = [value for (phase, name), value in measured.items()
              if name == case and phase.split(".")[0] == server]
    if not values:
        return None
    totals = [total for total, _ in values]
    functions = values[0][1]
    if functions is None:
        return {"total": totals[0], "least": min(totals), "most": max(totals)}
    parts = Counter()
    for (part, _, _), count in functions.items():
        parts[part] += count
    return {
        "total": round(totals[0], 4),
        "difference_between_runs": round(max(totals) - min(totals), 4),
        "parts": {part: parts[part] for part in PARTS},
        "functions": [[part, f"{function} [{module}]" if module else function, count]
                      for (part, function, module), count in sorted(functions.items(), key=lambda item: -item[1])],
    }


def result_of_nanoseconds(work, runs, tsc_khz, server, case):
    """Median of each run, of which the median counts; an interrupt is an outlier."""
    overhead = median(read_ticks(work, "none.ipv4-64", 1)[0])
    medians = []
    for phase, name, _ in runs:
        if name == case and phase.split(".")[0] == server:
            samples = [ticks for rounds in read_ticks(work, f"{phase}.{case}", count_packets(work, case))
                       for ticks in rounds]
            medians.append((median(samples) - overhead) * 1e6 / tsc_khz)
    if not medians:
        return None
    return {"total": round(median(medians), 1), "least": round(min(medians), 1), "most": round(max(medians), 1)}


def load(work):
    machine = json.loads((work / "machine.json").read_text())
    runs = read_runs(work)
    counted = machine["metric"] == "instructions"
    if counted and machine["thousand"] != 1000:
        raise WrongMeasurement(f"1000 instructions took {machine['thousand']} ticks: this is not -icount shift=0")
    measured = instructions(work, runs) if counted else None
    cases = []
    for case in json.loads((work / "cases.json").read_text()):
        result = {key: case[key] for key in ("name", "title", "size", "builtin_only")}
        for server in SERVERS:
            if counted:
                result[server] = result_of_instructions(measured, server, case["name"])
            else:
                result[server] = result_of_nanoseconds(work, runs, machine["tsc_khz"], server, case["name"])
            if result[server] is None:
                del result[server]
        cases.append(result)
    return {"machine": machine, "cases": cases}

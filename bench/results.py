# SPDX-License-Identifier: GPL-2.0
"""From what the VM left to results: for each case, who served it and how often it was measured."""

import json
from array import array
from collections import Counter
from statistics import median

from tracing import FORWARD, LOOKUP, OWN, RECEIVE, Symbols, attribute, read_traces

# The module as it is; with direct_route and remember_route switched off; and both sides with policy rules that select.
SERVERS = ("builtin", "module", "asking", "builtin_rules", "module_rules")
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
    """The runs in their order: [[phase, case]]; a phase is SERVER.NUMBER, the first one is of the generator alone."""
    return [line.split() for line in (work / "runs").read_text().splitlines()]


def instructions(work, runs):
    """Instructions per packet: the least of all rounds, because an interrupt only adds."""
    overhead = min(read_ticks(work, "none.ipv4-64", 1)[0])
    traces = dict(zip(map(tuple, runs), read_traces(work / "traces"), strict=True))
    symbols = {phase: Symbols(work / "kallsyms", work / f"{phase}.kallsyms") for phase in dict(runs)}
    generator = attribute(traces["none", "ipv4-64"], symbols["none"])
    measured = {}
    for phase, case in runs[1:]:
        ticks = [min(rounds) - overhead for rounds in read_ticks(work, f"{phase}.{case}", count_packets(work, case))]
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
    for phase, name in runs:
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
        cases.append(result)
    return {"machine": machine, "cases": cases}

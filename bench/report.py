#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the VM measured, as a table, and whether it is as it has to be:

    report.py DIRECTORY [--check]

Without --check also writes results.json, results.md, breakdown.txt and chart.svg there. Exit status 1: it is not."""

import json
import sys
from pathlib import Path

import results
import tables

# What a packet may cost in all, see docs/performance.md; how much more one that is not for a SID, by the hook; and with
# the switches off: what End.DT4 may cost by itself, and what share of the built-in code's total in all.
TOTAL_BARS = {"srh-64": 2900, "nosrh-64": 2900}
HOOK_BARS = {"ipv6-64": 100}
OWN_BARS = {"srh-64": 300, "nosrh-64": 281}
SHARE_BARS = {"srh-64": 0.95}


def missed_bars(cases):
    """Sentences about what is not as it has to be."""
    for case in cases:
        name = case["name"]
        builtin, module, asking = case["builtin"], case["module"], case["asking"]
        for server in results.SERVERS:
            if case[server]["difference_between_runs"]:
                yield f"{name}, {server}: two runs differ by {case[server]['difference_between_runs']} instructions"
        if not tables.is_served(case):
            more = module["total"] - builtin["total"]
            if more > HOOK_BARS.get(name, more):
                yield f"{name}: {more:g} instructions more by the hook, at most {HOOK_BARS[name]} are wanted"
            continue
        for ours, theirs in (("module", "builtin"), ("asking", "builtin"), ("module_rules", "builtin_rules")):
            if case[ours]["total"] > case[theirs]["total"]:
                yield (f"{name}, {ours}: {case[ours]['total']:g} instructions, "
                       f"the built-in code needs {case[theirs]['total']:g}")
        if module["total"] > TOTAL_BARS.get(name, module["total"]):
            yield f"{name}: {module['total']:g} instructions in all, at most {TOTAL_BARS[name]} are wanted"
        own = asking["parts"]["own"]
        if own > OWN_BARS.get(name, own):
            yield f"{name}: {own} instructions of its own, at most {OWN_BARS[name]} are wanted"
        share = asking["total"] / builtin["total"]
        if share > SHARE_BARS.get(name, share):
            yield f"{name}: {share:.3f} of the built-in code's total, at most {SHARE_BARS[name]} are wanted"


def repeated(cases):
    most = max(case[server]["difference_between_runs"] for case in cases for server in results.SERVERS)
    return f"Two runs of each case differ by {most:g} instructions at most."


def write_details(work, found):
    import chart  # not needed, and not there on a router, for less than the whole

    cases = found["cases"]
    typical = next(case for case in cases if case["name"] == "srh-64")
    (work / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    (work / "breakdown.txt").write_text("\n".join(tables.breakdown(cases)) + "\n")
    source = Path(__file__).resolve().parent.parent / "src/end_dt4.rs"
    (work / "results.md").write_text("\n\n".join("\n".join(part) for part in (
        tables.instructions_table(cases), [repeated(cases)], tables.switches_table(cases), tables.parts_table(typical),
        tables.functions_table(typical, "own"),
        tables.steps_table(work, work / "seg6_end_dt4.ko", source, typical["name"]))) + "\n")
    chart.draw(found, work / "chart.svg")


def main():
    work = Path(sys.argv[1])
    try:
        found = results.load(work)
    except results.WrongMeasurement as wrong:
        sys.exit(f"error: {wrong}")
    machine, cases = found["machine"], found["cases"]
    print(f"\nMetric: {machine['metric']} per packet, from netif_receive_skb() to the driver and back.\n"
          f"{machine['kernel']}, {machine['cpu']}. Every packet came out as expected.\n")
    if machine["metric"] == "nanoseconds":
        print("\n".join(tables.nanoseconds_table(cases)))
        (work / "results.json").write_text(json.dumps(found, indent=1) + "\n")
        return
    print("\n".join(tables.instructions_table(cases)) + "\n")
    print("\n".join(tables.switches_table(cases)))
    if "--check" not in sys.argv[2:]:
        print("\n" + repeated(cases))
        write_details(work, found)
    missed = list(missed_bars(cases))
    print("\n" + "\n".join(f"missed: {sentence}" for sentence in missed) if missed else "\nAll bars are met.")
    sys.exit(bool(missed))


main()

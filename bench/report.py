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

# What a packet may cost in all, see docs/performance.md, and without remember_route.
TOTAL_BARS = {"srh-64": 2900, "nosrh-64": 2900}
DIRECT_BARS = {"srh-64": 4475}
# How much more one that is not for a SID, by the hook; and where SIDs are in another namespace only.
HOOK_BARS = {"ipv6-64": 100}
ELSEWHERE_BARS = {"ipv6-64": 18}
# With the switches off: what End.DT4 may cost by itself, and what share of the built-in code's total in all.
OWN_BARS = {"srh-64": 300, "nosrh-64": 280, "dt6-64": 320, "dt46v4-64": 310, "dt46v6-64": 310}
SHARE_BARS = {"srh-64": 0.95}
# What share of the built-in code's total in all, of the other behaviours.
TOTAL_SHARE_BARS = {"dt6-64": 0.5, "dt6nosrh-64": 0.5, "dt46v4-64": 0.5, "dt46v6-64": 0.5}
# How much two runs may differ: which SIDs find a place in the memory of routes depends on who comes first, and the kernel
# computes an HMAC in a few instructions more or less.
TOLERANCES = {"sids10k-64": 20, "hmac-64": 8, "hmac-1400": 8}
# What share if nothing can be remembered, because an IPv6 route changes before each packet.
CHANGING_BARS = {"srh-64": 0.75}


def above(what, value, bars, name):
    """A sentence, if the value is above its bar."""
    if name in bars and value > bars[name]:
        yield f"{name}, {what}: {value:,.3f}".rstrip("0").rstrip(".") + f", at most {bars[name]} is wanted"


def missed_bars_of_served(name, case, total):
    for situation in results.SITUATIONS:
        ours, theirs = f"module{situation}", f"builtin{situation}"
        if ours in case and total[ours] > total[theirs]:
            yield f"{name}, {ours}: {total[ours]:g} instructions, the built-in code needs {total[theirs]:g}"
    yield from above("in all", total["module"], TOTAL_BARS, name)
    yield from above("share of the built-in code's total", total["module"] / total["builtin"], TOTAL_SHARE_BARS, name)
    if "ebpf" in case and total["module"] >= total["ebpf"]:
        yield f"{name}: {total['module']:g} instructions in all, eBPF needs {total['ebpf']:g}"
    if "direct" in case:
        yield from above("only the inner route direct", total["direct"], DIRECT_BARS, name)
    if "module_changing" in case:
        share = total["module_changing"] / total["builtin_changing"]
        yield from above("share of the built-in code's total while routes change", share, CHANGING_BARS, name)
    if "asking" in case:
        if total["asking"] > total["builtin"]:
            yield f"{name}, asking: {total['asking']:g} instructions, the built-in code needs {total['builtin']:g}"
        yield from above("of its own", case["asking"]["parts"]["own"], OWN_BARS, name)
        yield from above("share of the built-in code's total", total["asking"] / total["builtin"], SHARE_BARS, name)


def missed_bars(cases):
    """Sentences about what is not as it has to be."""
    for case in cases:
        name = case["name"]
        total = {server: case[server]["total"] for server in results.SERVERS if server in case}
        for server in total:
            if case[server].get("difference_between_runs", 0) > TOLERANCES.get(name, 0):
                yield f"{name}, {server}: two runs differ by {case[server]['difference_between_runs']} instructions"
        if tables.is_served(case):
            yield from missed_bars_of_served(name, case, total)
        else:
            yield from above("more by the hook", total["module"] - total["builtin"], HOOK_BARS, name)
            if "elsewhere" in case:
                yield from above("more, SIDs elsewhere", total["elsewhere"] - total["builtin"], ELSEWHERE_BARS, name)


def repeated(cases):
    most = max(case.get(server, {}).get("difference_between_runs", 0) for case in cases for server in results.SERVERS)
    return f"Two runs of each case differ by {most:g} instructions at most."


def write_details(work, found):
    import chart  # not needed, and not there on a router, for less than the whole

    cases = found["cases"]
    typical = next(case for case in cases if case["name"] == "srh-64")
    (work / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    (work / "breakdown.txt").write_text("\n".join(tables.breakdown(cases)) + "\n")
    source = Path(__file__).resolve().parent.parent / "src/endpoint.rs"
    (work / "results.md").write_text("\n\n".join("\n".join(part) for part in (
        tables.instructions_table(cases), [repeated(cases)], tables.situations_table(cases), tables.others_table(cases),
        tables.parts_table(typical), tables.functions_table(typical, "own"),
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
    print("\n".join((*tables.situations_table(cases), "", *tables.others_table(cases))))
    if "--check" not in sys.argv[2:]:
        print("\n" + repeated(cases))
        write_details(work, found)
    missed = list(missed_bars(cases))
    print("\n" + "\n".join(f"missed: {sentence}" for sentence in missed) if missed else "\nAll bars are met.")
    sys.exit(bool(missed))


main()

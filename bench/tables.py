# SPDX-License-Identifier: GPL-2.0
"""Results as tables, in Markdown."""

import re
import subprocess

import lines as lines_of_module
import results

SIDES = ("builtin", "module")
FLOORS = ("ipv4", "ipv6")
PARTS = {"receive": "outer packet: receive and route", "own": "the behaviour's own work",
         "lookup": "inner packet: route", "forward": "inner packet: forward to the driver"}


def demangle(names):
    """Rust's symbols, readable."""
    shown = subprocess.run(["c++filt"], input="\n".join(names), text=True, stdout=subprocess.PIPE, check=True).stdout
    shown = re.sub(r"\[[0-9a-f]{16}\]", "", shown)  # the crates' hashes
    return dict(zip(names, shown.splitlines(), strict=True))


def number(value):
    return f"{value:,.0f}" if value else "–"


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def is_served(case):
    """Whether the module has a hand in it."""
    return not case["builtin_only"] and case["name"].split("-")[0] not in FLOORS


def merged(rows):
    """Rows that differ in their size only, as one."""
    sizes = {}
    for title, size, *rest in rows:
        sizes.setdefault((title, *rest), []).append(str(size))
    return [row(title, ", ".join(of_size), *rest) for (title, *rest), of_size in sizes.items()]


def instructions_table(cases):
    """Own work is that with the switches off: with them on, the module also does what is the kernel's otherwise."""
    rows = []
    for case in cases:
        builtin, module = case["builtin"], case["module"]
        rows.append((case["title"], case["size"], number(builtin["total"]), number(module["total"]),
                     f"{module['total'] / builtin['total']:.3f}", number(builtin["parts"]["own"]),
                     number(case["asking"]["parts"]["own"] if "asking" in case else None))
                    if is_served(case) else
                    (case["title"], case["size"], number(builtin["total"]),
                     "" if case["builtin_only"] else number(module["total"]), "", "", ""))
    yield row("Case", "Inner packet", "C", "Rust", "Rust/C", "C, own", "Rust, own")
    yield "|---|--:|--:|--:|--:|--:|--:|"
    yield from merged(rows)


# (what is different, who serves then: C, Rust)
SITUATIONS = (("as it is", "builtin", "module"),
              ("no `remember_route`", "builtin", "direct"),
              ("no `remember_route`, no `direct_route`", "builtin", "asking"),
              ("the VRFs' rule before `local`", "builtin_order", "module_order"),
              ("`rp_filter=2`", "builtin_loose", "module_loose"),
              ("a policy rule that selects", "builtin_rules", "module_rules"),
              ("an IPv6 route changes before each packet", "builtin_changing", "module_changing"),
              ("the module only looks on (`audit`)", "builtin", "audit"),
              ("eBPF at tc ingress instead", "builtin", "ebpf"),
              ("the same by tcx", "builtin", "ebpf_tcx"),
              ("the same by tcx, and without policy rules", "builtin", "ebpf_table"))


def situations_table(cases):
    """The first two cases next to each other."""
    shown = [case for case in cases if case["name"] in ("srh-64", "nosrh-64")]
    yield row("64 octets", *(cell for case in shown for cell in (f"{case['title']}: C", "Rust", "Rust/C")))
    yield "|---|" + "--:|" * 3 * len(shown)
    for situation, theirs, ours in SITUATIONS:
        cells = []
        for case in shown:
            c, rust = (case.get(server, {}).get("total") for server in (theirs, ours))
            cells += [number(c), number(rust), f"{rust / c:.3f}" if rust else "–"]
        yield row(situation, *cells)


def others_table(cases):
    """What a packet pays that is for no SID."""
    case = next(case for case in cases if case["name"] == "ipv6-64")
    yield row(f"{case['title']}, {case['size']} octets", "Instructions")
    yield "|---|--:|"
    for server, situation in (("builtin", "no module"), ("elsewhere", "the module's SIDs are in another namespace"),
                              ("module", "the module's SIDs are in this one"), ("ebpf", "eBPF at tc ingress"),
                              ("ebpf_tcx", "the same by tcx")):
        yield row(situation, number(case.get(server, {}).get("total")))


def nanoseconds_table(cases):
    def spread(side):
        return f"{number(side['total'])} ({number(side['least'])}–{number(side['most'])})"

    yield row("Case", "Inner packet", "C", "Rust", "Rust/C")
    yield "|---|--:|--:|--:|--:|"
    for case in cases:
        builtin, module = case["builtin"], case["module"]
        if is_served(case):
            yield row(case["title"], case["size"], spread(builtin), spread(module),
                      f"{module['total'] / builtin['total']:.3f}")
        else:
            yield row(case["title"], case["size"], spread(builtin), "", "")


def parts_table(case):
    yield row(f"{case['title']}, {case['size']} octets", "C", "Rust")
    yield "|---|--:|--:|"
    for part, title in PARTS.items():
        yield row(title, number(case["builtin"]["parts"][part]), number(case["module"]["parts"][part]))
    yield row("all", number(case["builtin"]["total"]), number(case["module"]["total"]))


def functions(case):
    """By function, both sides next to each other: (part, name, C, Rust), largest first."""
    sides = [{(part, function): count for part, function, count in case[server]["functions"]}
             for server in SIDES]
    names = demangle(sorted({function for side in sides for _, function in side}))
    found = [(part, names[function], *(side.get((part, function), 0) for side in sides))
             for part, function in {**sides[0], **sides[1]}]
    return sorted(found, key=lambda line: (results.PARTS.index(line[0]), -max(line[2:]), line[1]))


def functions_table(case, part):
    yield row("Function", "C", "Rust")
    yield "|---|--:|--:|"
    for in_part, name, builtin, module in functions(case):
        if in_part == part:
            yield row(f"`{name}`", number(builtin), number(module))


def steps_table(work, ko, source, case):
    """By line of process(), whose text says what it is for."""
    text = source.read_text().splitlines()
    yield row("Step of the module", "Instructions")
    yield "|---|--:|"
    for place, lines in lines_of_module.by_step(work, ko, case).items():
        file, _, line = place.rpartition(":")
        shown = f"`{text[int(line) - 1].strip()}`" if file.endswith(source.name) and line.isdigit() else f"({place})"
        yield row(shown, lines.total())


def breakdown(cases):
    for case in cases:
        yield f"\n{case['title']}, {case['size']} octets"
        yield f"{'C':>10}{'Rust':>10}"
        for part, name, builtin, module in functions(case):
            yield f"{builtin:>10}{module:>10}  {part:8} {name}"

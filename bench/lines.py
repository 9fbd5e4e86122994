#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Where in its source the module executes its instructions for a packet: the compiler makes one function of it.

    lines.py DIRECTORY MODULE.ko [CASE]

For each instruction that the module executed for a case (srh-64): the line of process() or receive() that it belongs
to, and the innermost inlined function with its line."""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

from results import read_runs, traces_of
from tracing import ADDRESS, MODULE, Symbols

# Whose lines are the steps; the inner one of two counts.
STEPS = re.compile(r"\bendpoint::(process|receive)\b")


def offsets_in_ko(ko):
    """(section, offset) of each function of the .ko"""
    listing = subprocess.run(["objdump", "-t", ko], text=True, stdout=subprocess.PIPE, check=True).stdout
    symbols = {}
    for line in listing.splitlines():
        match = re.match(r"([0-9a-f]{16}) .{7} (\.\S*text\S*)\t[0-9a-f]{16}\s+(?:\.hidden )?(\S+)$", line)
        if match:
            symbols[match[3]] = match[2], int(match[1], 16)
    return symbols


def frames(ko, section, offsets):
    """Inlined frames of each offset, innermost first: [(function, file:line)]"""
    shown = subprocess.run(["addr2line", "-a", "-i", "-f", "-C", "-e", ko, "-j", section],
                           input="\n".join(f"{offset:x}" for offset in offsets), text=True, stdout=subprocess.PIPE,
                           check=True).stdout.splitlines()
    found, current = {}, None
    while shown:
        line = shown.pop(0)
        if line.startswith("0x"):
            current = found[int(line, 16)] = []
        else:
            file, _, number = shown.pop(0).split(" ")[0].rpartition(":")
            current.append((line, f"{'/'.join(Path(file).parts[-2:])}:{number}"))
    return found


def by_step(work, ko, case):
    """{line of process() or receive() in src/endpoint.rs: {innermost function and line: instructions}}"""
    trace = traces_of(work, read_runs(work))["module.1", case]
    symbols = Symbols(work / "kallsyms", work / "module.1.kallsyms")
    places = offsets_in_ko(ko)
    executed = defaultdict(Counter)
    for word in trace:
        name, module, _ = symbols.at(word & ADDRESS)
        if module == MODULE:
            section, offset = places[name]
            executed[section][offset + (word & ADDRESS) - symbols.start_of(word & ADDRESS)] += 1
    steps = defaultdict(Counter)
    for section, offsets in executed.items():
        inlined = frames(ko, section, offsets)
        for offset, count in offsets.items():
            step = next((place for function, place in inlined[offset] if STEPS.search(function)),
                        inlined[offset][-1][1])
            steps[step][" ".join(inlined[offset][0])] += count
    return dict(sorted(steps.items(), key=lambda item: -item[1].total()))


def main():
    for step, lines in by_step(Path(sys.argv[1]), sys.argv[2], (sys.argv[3:] or ["srh-64"])[0]).items():
        print(f"{lines.total():5} {step}")
        for line, count in lines.most_common():
            print(f"{count:10} {line}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0
"""Fault injection: which allocations fail, and those of a system call each in turn (/proc/thread-self/fail-nth)."""

import re

DEBUGFS = "/sys/kernel/debug"
KINDS = "failslab", "fail_page_alloc"
FAIL_NTH = "/proc/thread-self/fail-nth"


def write(path, value):
    with open(path, "w") as file:
        file.write(str(value))


def text_of(function):
    """Where a function of vmlinux begins and ends."""
    with open("/proc/kallsyms") as file:
        addresses = [(int(line[:16], 16), line.split()[2]) for line in file if re.match(r"\w{16} [tT] ", line)]
    start = next(address for address, name in addresses if name == function)
    return start, min(address for address, _ in addresses if address > start)


def only_below(start, end):
    """Of all allocations, only those count that a function between these addresses makes, or what it calls."""
    for kind in KINDS:
        write(f"{DEBUGFS}/{kind}/ignore-gfp-wait", 0)
        write(f"{DEBUGFS}/{kind}/verbose", 0)
        write(f"{DEBUGFS}/{kind}/require-start", hex(start))
        write(f"{DEBUGFS}/{kind}/require-end", hex(end))
        write(f"{DEBUGFS}/{kind}/stacktrace-depth", 32)
    write(f"{DEBUGFS}/fail_page_alloc/ignore-gfp-highmem", 0)
    write(f"{DEBUGFS}/fail_page_alloc/min-order", 0)


def attempts(call):
    """Yields what call() returns with its first allocation failing, its second, and so on until there are no more."""
    nth = 0
    while True:
        nth += 1
        write(FAIL_NTH, nth)
        answer = call()
        with open(FAIL_NTH) as file:
            left = int(file.read())
        write(FAIL_NTH, 0)
        if left:
            return
        yield answer

# SPDX-License-Identifier: GPL-2.0
"""`seg6-end-dt4 doctor`: what lets packets die or leak on this router, and what to do about it."""

import findings_of_kernel
import findings_of_namespace
import module
import namespace
from finding import Finding
from machine import Unknown


def examine() -> list[Finding]:
    """Everything that is wrong."""
    state = module.read()
    found = findings_of_kernel.examine(state)
    for place in namespace.read_all():
        try:
            with namespace.entered(place.name):
                found += findings_of_namespace.examine(place)
        except Unknown:
            # It was deleted meanwhile.
            if place.name in namespace.names():
                raise
    return found


def show(findings: list[Finding]) -> str:
    """The same for people."""
    if not findings:
        return "nothing is wrong"
    lines = []
    for finding in findings:
        where = f" (network namespace {finding.namespace})" if finding.namespace else ""
        lines.append(f"{finding.id}{where}: {finding.text}")
        lines += [f"    {command}" for command in finding.mend]
    return "\n".join(lines)

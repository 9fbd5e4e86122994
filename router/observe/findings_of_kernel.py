# SPDX-License-Identifier: GPL-2.0
"""What can be wrong with the module and the kernel, for the whole machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import module
from finding import Finding
from machine import text
from module import Module

MODULES = Path("/lib/modules")


def examine(state: Module) -> list[Finding]:
    """All of it."""
    return [finding for check in (_service, _signature, _next_boot) for finding in check(state)]


def _service(state: Module) -> Iterator[Finding]:
    if state.loaded is None:
        if state.installed is None:
            yield Finding(
                "no-module",
                f"no module is installed for the running kernel, {state.kernel}: its own code serves the SIDs",
                [f"apt-get install linux-headers-{state.kernel} linux-source-{_series(state.kernel)}"],
            )
        else:
            yield Finding("not-loaded", "the module is not loaded: the kernel's own code serves the SIDs", ["seg6-end-dt4 load"])
    elif state.audits:
        yield Finding(
            "audits",
            "the module is loaded for an audit: the kernel's own code serves the SIDs",
            ["seg6-end-dt4 unload", "seg6-end-dt4 load"],
        )
    elif state.installed not in (None, state.loaded):
        yield Finding(
            "older-version",
            f"version {state.loaded} is loaded, and {state.installed} is installed",
            ["seg6-end-dt4 unload", "seg6-end-dt4 load"],
        )
    if state.loaded is not None and not state.has_debugfs:
        yield Finding(
            "no-debugfs",
            "debugfs is not mounted, or off on the kernel's command line: the module's counters cannot be read",
            ["mount -t debugfs debugfs /sys/kernel/debug"],
        )


def _signature(state: Module) -> Iterator[Finding]:
    if state.loaded is not None or state.installed is None or module.is_signed_for(state.kernel):
        return
    if state.lockdown != "none" or text("/sys/module/module/parameters/sig_enforce") == "Y":
        yield Finding(
            "not-signed",
            "this kernel takes signed modules only (Secure Boot, module.sig_enforce=1), and the installed one is not signed",
            ["man seg6-end-dt4   # SECURE BOOT"],
        )


def _next_boot(state: Module) -> Iterator[Finding]:
    """Whether the kernel that the next boot takes, which is the newest, has a module."""
    if state.installed is None:
        return
    releases = sorted((path.parent.name for path in MODULES.glob("*/modules.builtin")), key=_version)
    if releases and releases[-1] != state.kernel and module.version_for(releases[-1]) is None:
        newest = releases[-1]
        yield Finding(
            "no-module-for-next-boot",
            f"kernel {newest} is installed, and the next boot takes it, but there is no module for it",
            [f"apt-get install linux-headers-{newest} linux-source-{_series(newest)}"],
        )


def _version(release: str) -> list[tuple[int, int | str]]:
    return [(1, int(part)) if part.isdigit() else (0, part) for part in re.findall(r"\d+|[^\d]+", release)]


def _series(release: str) -> str:
    return ".".join(release.split(".")[:2])

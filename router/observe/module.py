# SPDX-License-Identifier: GPL-2.0
"""The kernel module: whether it is loaded, in service, and what it has counted."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from machine import attempt, text

NAME = "seg6_end_dt4"
SYSFS = Path("/sys/module") / NAME


def debugfs() -> Path | None:
    """The module's directory in debugfs, wherever that is mounted; None if it is not."""
    for line in (text("/proc/mounts") or "").splitlines():
        _, mount_point, kind, *_ = line.split()
        if kind == "debugfs":
            return Path(mount_point) / NAME
    return None


def numbers(name: str) -> dict[str, int]:
    """A file in debugfs whose lines begin with a name and end with a number."""
    directory = debugfs()
    lines = (directory and text(directory / name) or "").splitlines()
    return {words[0]: int(words[-1]) for words in map(str.split, lines) if len(words) > 1}


@dataclass(frozen=True)
class SidDrops:
    """Drops of one SID for one cause; `netns` is the inode of its network namespace."""

    netns: int
    prefix: str
    cause: str
    packets: int


def sid_drops(name: str = "sid_drops") -> list[SidDrops]:
    """Drops by SID, from a file in debugfs; empty with a module that does not have it."""
    directory = debugfs()
    lines = (directory and text(directory / name) or "").splitlines()
    return [SidDrops(int(netns), prefix, cause, int(packets)) for netns, prefix, cause, packets in map(str.split, lines)]


def _modinfo(release: str, key: str) -> str:
    """A field of the module that is installed for a kernel, empty if it is not or has none."""
    return attempt("modinfo", "-k", release, "-F", key, NAME).stdout.strip()


def version_for(release: str) -> str | None:
    """The version of the module that is installed for a kernel, None if there is none."""
    return _modinfo(release, "version") or None


def is_signed_for(release: str) -> bool:
    """Whether the module that is installed for a kernel carries a signature, by whomever."""
    return _modinfo(release, "sig_id") != ""


def lockdown() -> str:
    """The kernel's state of lockdown."""
    states = text("/sys/kernel/security/lockdown") or ""
    return states.partition("[")[2].partition("]")[0] or "none"


@dataclass(frozen=True)
class Module:
    """The module as it is now."""

    kernel: str
    # Of the loaded one, and of the one that is installed for this kernel.
    loaded: str | None
    installed: str | None
    # Loaded to look at packets only.
    audits: bool
    has_debugfs: bool
    # The marks that it leaves on the kernel: O out of tree, E not signed.
    taint: str | None
    # What the kernel keeps even from root: none, integrity, confidentiality.
    lockdown: str
    lookups: dict[str, int] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)

    @property
    def in_service(self) -> bool:
        """Whether the routes run its code."""
        return self.loaded is not None and not self.audits


def read() -> Module:
    """Reads it."""
    release = os.uname().release
    directory = debugfs()
    loaded = text(SYSFS / "version") or "unknown" if SYSFS.is_dir() else None
    return Module(
        kernel=release,
        loaded=loaded,
        installed=version_for(release),
        audits=text(SYSFS / "parameters/audit") == "Y",
        has_debugfs=directory is not None and directory.is_dir(),
        taint=text(SYSFS / "taint"),
        lockdown=lockdown(),
        lookups=numbers("lookups"),
        drops=numbers("drops"),
    )

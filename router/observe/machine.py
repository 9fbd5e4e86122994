# SPDX-License-Identifier: GPL-2.0
"""What is asked of the machine: commands that print JSON, and files of the kernel that may not be there."""

import json
import subprocess
from pathlib import Path


class Unknown(Exception):
    """Something that is needed cannot be found out; the text says what, and why."""


def attempt(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command, which may fail.

    Raises Unknown if there is no such command.
    """
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Unknown(f"{command[0]} is not installed") from None


def run(*command: str) -> str:
    """The output of a command.

    Raises Unknown if there is no such command, or if it fails.
    """
    done = attempt(*command)
    if done.returncode != 0:
        raise Unknown(f"{' '.join(command)}: {done.stderr.strip() or f'status {done.returncode}'}")
    return done.stdout


def ip(*arguments: str) -> list[dict]:
    """What `ip -j` prints, which is nothing at all where there is nothing."""
    command = ("ip", "-j", *arguments)
    try:
        # Some of its versions print an empty object for what they cannot show.
        return [entry for entry in json.loads(run(*command) or "[]") if entry]
    except json.JSONDecodeError as error:
        raise Unknown(f"{' '.join(command)} prints no JSON: {error}") from None


def text(path: str | Path) -> str | None:
    """The content of a small file, None if it is not there or cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def sysctl(name: str, device: str | None = None) -> int | None:
    """The value of a number of /proc/sys, in the network namespace of the caller; None if there is none.

    `%` in the name stands for the device, whose name may have a dot.
    """
    value = text("/proc/sys/" + name.replace(".", "/").replace("%", device or "%"))
    return int(value) if value is not None else None

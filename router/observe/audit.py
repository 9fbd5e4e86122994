# SPDX-License-Identifier: GPL-2.0
"""`seg6-end-dt4 audit`: which of this router's packets the module would drop, while the kernel's own code serves them."""

import signal
import sys
import time
from dataclasses import asdict
from ipaddress import IPv6Address
from pathlib import Path

import module
import namespace
from causes import builtin, meaning
from machine import Unknown, attempt, text

# Verdicts that are no refusals.
VERDICTS = ("accepted", "fragments", "undecided")
UNLOAD = Path(__file__).parent.parent / "unload.sh"


def watch(seconds: float) -> dict:
    """Watches for so long, or until it is interrupted; what was seen, in the form that --json prints.

    The module is loaded for it and unloaded afterwards, unless it is there and audits already.
    """
    state = module.read()
    if state.loaded is not None and not state.audits:
        raise Unknown("the module is loaded for service, not for an audit; what it drops says seg6-end-dt4 status")
    ours = state.loaded is None
    # Who ends it by a signal ends it like the user: what was loaded is unloaded.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if ours:
            _load(state)
        before, started = collect(), time.monotonic()
        try:
            print(f"watching for {seconds:g} s; Ctrl-C ends it sooner", file=sys.stderr, flush=True)
            time.sleep(seconds)
        except KeyboardInterrupt:
            pass
        return {"seconds": round(time.monotonic() - started, 1), **_since(before, collect())}
    finally:
        if ours and module.read().loaded is not None:
            _unload()


def _load(state: module.Module) -> None:
    if state.installed is None:
        raise Unknown(f"no {module.NAME} is installed for the running kernel, {state.kernel}")
    done = attempt("modprobe", module.NAME, "audit=1")
    if done.returncode != 0:
        raise Unknown(f"the module cannot be loaded: {done.stderr.strip()}; the kernel's log says more")


def _unload() -> None:
    done = attempt(UNLOAD)
    if done.returncode != 0:
        raise Unknown(f"the module cannot be unloaded: {done.stderr.strip()}; try seg6-end-dt4 unload")


def collect() -> dict:
    """All that was counted since the module was loaded."""
    directory = module.debugfs()
    if directory is None or not directory.is_dir():
        raise Unknown("debugfs is not mounted, or off: there is nothing to read (mount -t debugfs none /sys/kernel/debug)")
    counts = module.numbers("audit")
    headers = [line.split() for line in (text(directory / "audit_headers") or "").splitlines()]
    return {
        "verdicts": {name: counts.get(name, 0) for name in VERDICTS},
        "refused": {name: count for name, count in counts.items() if name not in VERDICTS},
        "sids": [asdict(drops) for drops in module.sid_drops("audit_sids")],
        "headers": [{"cause": cause, "octets": octets} for cause, octets in headers],
    }


def _since(before: dict, facts: dict) -> dict:
    """What was counted in between; the headers are those of the first packets anyway."""
    def rise(kind: str) -> dict:
        return {name: count - before[kind].get(name, 0) for name, count in facts[kind].items()}

    def key(sid: dict) -> tuple:
        return sid["netns"], sid["prefix"], sid["cause"]

    names = {place.inode: place.name for place in namespace.read_all()}
    counted = {key(sid): sid["packets"] for sid in before["sids"]}
    sids = [
        {"namespace": names.get(sid["netns"]), **sid, "packets": sid["packets"] - counted.get(key(sid), 0)}
        for sid in facts["sids"]
    ]
    return {
        "verdicts": rise("verdicts"),
        "refused": {name: count for name, count in rise("refused").items() if count},
        "sids": [sid for sid in sids if sid["packets"]],
        "headers": facts["headers"],
    }


def show(facts: dict) -> str:
    """The same for people."""
    verdicts, refused = facts["verdicts"], facts["refused"]
    total = sum(verdicts.values()) + sum(refused.values())
    lines = [f"{total} packets in {facts['seconds']:g} s; the kernel's own code has served them"]
    lines.append(f"  {verdicts['accepted']} are acceptable to the module as well")
    if verdicts["fragments"]:
        lines.append(f"  {verdicts['fragments']} are fragments, which the module puts together before")
    if verdicts["undecided"]:
        lines.append(f"  {verdicts['undecided']} cannot be judged from outside")
    if not refused:
        return "\n".join([*lines, "  none would be dropped"])
    lines.append(f"  {sum(refused.values())} would be dropped:")
    for cause, count in refused.items():
        lines += ["", f"{cause}: {count}", f"  {meaning(cause)}", f"  the kernel's own code {builtin(cause)}"]
        for sid in facts["sids"]:
            if sid["cause"] == cause:
                place = f" ({sid['namespace']})" if sid["namespace"] else ""
                lines.append(f"  sid {sid['prefix']}{place}: {sid['packets']}")
        lines += [f"  {_in_words(sample['octets'])}" for sample in facts["headers"] if sample["cause"] == cause]
    return "\n".join(lines)


def _in_words(octets: str) -> str:
    """The headers of a packet."""
    packet = bytes.fromhex(octets)
    if len(packet) < 40:
        return octets
    return f"{IPv6Address(packet[8:24])} > {IPv6Address(packet[24:40])}: {octets}"

# SPDX-License-Identifier: GPL-2.0
"""`seg6-end-dt4 status`: what the module does, in the manner of `wg show`."""

from dataclasses import asdict

import module
import namespace
from causes import meaning
from module import Module
from namespace import Namespace, Sid


def collect() -> dict:
    """All that there is to say, in the form that --json prints."""
    state = module.read()
    namespaces = namespace.read_all()
    by_sid = module.sid_drops()
    sids = []
    for place in namespaces:
        for sid in place.sids:
            vrf = place.vrf_of(sid.vrf_table)
            sids.append(
                {
                    "namespace": place.name,
                    "netns": place.inode,
                    **asdict(sid),
                    "vrf": vrf.name if vrf else None,
                    "served_by": _server(state, sid),
                    "drops": {drop.cause: drop.packets for drop in by_sid if (drop.netns, drop.prefix) == _key(place, sid)},
                }
            )
    return {
        "module": {**asdict(state), "in_service": state.in_service},
        "sids": sids,
    }


def _key(place: Namespace, sid: Sid) -> tuple[int, str]:
    return place.inode, sid.prefix if "/" in sid.prefix else sid.prefix + "/128"


def _server(state: Module, sid: Sid) -> str:
    return "the module" if state.in_service and sid.vrf_table is not None else "the kernel"


def show(facts: dict) -> str:
    """The same for people."""
    return "\n".join([*_module_lines(facts["module"]), *_sid_lines(facts["sids"]), *_drop_lines(facts["module"]["drops"])])


def _module_lines(state: dict) -> list[str]:
    if state["loaded"] is None:
        installed = f"version {state['installed']} is installed" if state["installed"] else "none is installed for this kernel"
        return [f"module: not loaded ({installed}); the kernel's own code serves all SIDs", f"  kernel: {state['kernel']}"]
    if state["audits"]:
        service = "audits: the kernel's own code serves all SIDs"
    else:
        service = "in service"
    lines = [f"module: {service}"]
    lines.append(f"  version: {state['loaded']}" + (f" ({state['installed']} is installed)" if state["installed"] not in (None, state["loaded"]) else ""))
    lines.append(f"  kernel: {state['kernel']}")
    lines.append(f"  taint: {state['taint'] or 'none'}; lockdown: {state['lockdown']}")
    if not state["has_debugfs"]:
        return [*lines, "  counters: debugfs is off or not mounted: no counters of the module"]
    lookups = state["lookups"]
    for way, direct in (("outer", ("outer_remembered",)), ("inner", ("inner_direct",))):
        total = sum(count for name, count in lookups.items() if name.startswith(way))
        found = sum(lookups.get(name, 0) for name in direct)
        lines.append(f"  {way} routes: {found} of {total} {'remembered' if way == 'outer' else 'found directly'}")
    return lines


def _sid_lines(sids: list[dict]) -> list[str]:
    lines = [] if sids else ["", "no SIDs of End.DT4, End.DT46 or End.DT6"]
    for sid in sids:
        lines += ["", f"sid: {sid['prefix']}"]
        if sid["namespace"] is not None:
            lines.append(f"  network namespace: {sid['namespace']}")
        lines.append(f"  behaviour: {sid['behaviour']}, served by {sid['served_by']}")
        if sid["vrf_table"] is not None:
            lines.append(f"  vrf: {sid['vrf'] or 'MISSING'}, table {sid['vrf_table']}")
        else:
            lines.append(f"  table: {sid['table']}, without a VRF")
        counters = sid["counters"]
        if counters:
            lines.append(f"  received: {counters['packets']} packets, {counters['bytes']} bytes, {counters['errors']} errors")
        else:
            lines.append("  received: not counted (a route without count)")
        lines += [f"  dropped: {count} {cause}" for cause, count in sid["drops"].items()]
    return lines


def _drop_lines(drops: dict[str, int]) -> list[str]:
    lines = [f"  {count} {cause}: {meaning(cause)}" for cause, count in drops.items() if count]
    return ["", "drops:", *lines] if lines else []

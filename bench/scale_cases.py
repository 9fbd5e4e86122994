#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How the cost grows: packets to 1 … 10,000 SIDs, into 1 … 1,000 VRFs, along 10 … 1,000,000 routes.

    scale_cases.py DIRECTORY

writes the packets of each step, and what `ip -batch` has to set up: KIND.setup for what has to be there, a line for
each and once, KIND.sids for the SIDs of the step, which each server makes anew."""

import random
import sys
from pathlib import Path

import cases

STEPS = {"sids": (1, 100, 10_000), "vrfs": (1, 10, 100, 1_000), "routes": (10, 1_000, 100_000, 1_000_000)}
PACKETS = 1_000  # of a step, at most


def batch(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines))


def evenly(items, number):
    """So many of them, from the first to the last."""
    return [items[i * len(items) // number] for i in range(min(number, len(items)))] if len(items) > number else items


def to_sid(sid, out=cases.SITE, destination=cases.INNER_DESTINATION):
    return next(cases.end_dt4(64, sid=sid, headers=[cases.srh(1, sid)], out=out, destinations=[destination]))


def sids(work):
    names = cases.MANY_SIDS
    batch(work / "sids.setup", [])
    batch(work / "sids.sids", [f"route add {cases.route_to(sid)}" for sid in names])
    for step in STEPS["sids"]:
        cases.write_packets(work / f"sids-{step}.packets", [to_sid(sid) for sid in evenly(names[:step], PACKETS)])


def vrfs(work):
    numbers = range(1, STEPS["vrfs"][-1] + 1)
    names = [f"5f00:aa::{i:x}" for i in numbers]
    # Each has its way out and a way back for the source; the port belongs to another VRF.
    batch(work / "vrfs.setup", [
        f"link add v{i} up type vrf table {1000 + i}\n"
        f"route add 10.2.0.0/24 table {1000 + i} via 10.0.0.1 dev site0 onlink\n"
        f"route add 10.1.0.0/24 table {1000 + i} dev core0" for i in numbers])
    batch(work / "vrfs.sids", [f"route add {cases.route_to(sid, 1000 + i, f'v{i}')}" for i, sid in zip(numbers, names)])
    for step in STEPS["vrfs"]:
        cases.write_packets(work / f"vrfs-{step}.packets", [to_sid(sid) for sid in evenly(names[:step], PACKETS)])


def routes(work):
    prefixes, chance = cases.prefixes(STEPS["routes"][-1]), random.Random(5)
    batch(work / "routes.setup", [f"route add {prefix} table 101 via 10.0.1.1 dev large0" for prefix in prefixes])
    batch(work / "routes.sids", [f"route add {cases.route_to(cases.SID_LARGE, 101, 'vrf101')}"])
    for step in STEPS["routes"]:
        cases.write_packets(work / f"routes-{step}.packets", [
            to_sid(cases.SID_LARGE, cases.LARGE, cases.address_in(prefix, chance))
            for prefix in evenly(prefixes[:step], PACKETS)])


def main():
    work = Path(sys.argv[1])
    for kind in (sids, vrfs, routes):
        kind(work)
    ports = {"sids": cases.SITE, "vrfs": cases.SITE, "routes": cases.LARGE}
    batch(work / "steps", [
        f"{kind} {before} {step} {cases.PORTS[port]} {cases.NEIGHBOURS[port]} {cases.neighbour_mac(port)}"
        for kind, port in ports.items() for before, step in zip((0, *STEPS[kind]), STEPS[kind])])


if __name__ == "__main__":
    main()

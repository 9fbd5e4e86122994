# SPDX-License-Identifier: GPL-2.0
"""What can be wrong with what tenants send to other edges, in the network namespace that the caller is in."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address, IPv6Network

from finding import Finding
from machine import Unknown, ip
from namespace import Namespace, Tunnel, Vrf, tunnels

# RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW.
REFUSALS, THROW = ("6", "7", "8"), "9"


def examine(place: Namespace) -> Iterator[Finding]:
    """All of it."""
    found = tunnels()
    yield from _out_of_reach(place, found)
    yield from _mtu(place, found)


def throw_to(vrf: Vrf, sids: Iterable[str]) -> list[str]:
    """Commands that have a VRF's table say nothing about SIDs, so that table main is asked."""
    return [f"ip -6 route replace table {vrf.table} throw {prefix}" for prefix in sorted({_prefix_of(sid) for sid in sids})]


def _prefix_of(sid: str) -> str:
    """That of the route to a SID, its locator as a rule."""
    try:
        prefix = ip("-6", "route", "get", "fibmatch", sid)[0]["dst"]
    except (Unknown, IndexError):
        return sid
    return sid if prefix == "default" else prefix


def _out_of_reach(place: Namespace, found: list[Tunnel]) -> Iterator[Finding]:
    """Whether a packet that was encapsulated gets out of the VRF, in whose table its SID is looked up first."""
    refusing_rules = [rule["priority"] for rule in place.rules["-6"] if "l3mdev" in rule and rule.get("action") in REFUSALS]
    for vrf in place.vrfs:
        sids = sorted({tunnel.sid for tunnel in found if tunnel.table == vrf.table})
        if not sids:
            continue
        routes = {
            IPv6Network("::/0" if route["dst"] == "default" else route["dst"]): route.get("type", "1")
            for route in ip("-N", "-6", "route", "show", "table", str(vrf.table))
        }
        ways = {sid: _most_specific(routes, IPv6Address(sid)) for sid in sids}
        refused = [sid for sid, way in ways.items() if way in REFUSALS]
        undecided = [sid for sid, way in ways.items() if way in (None, THROW)] if refusing_rules else []
        if refused or undecided:
            yield Finding.at(
                place,
                "sids-out-of-reach",
                f"VRF {vrf.name} refuses packets to {', '.join(refused + undecided)}: what its tenants send there, encapsulated, is dropped",
                *throw_to(vrf, refused),
                *(f"ip -6 rule del pref {priority}" for priority in refusing_rules if undecided),
            )


def _most_specific(routes: dict[IPv6Network, str], address: IPv6Address) -> str | None:
    """The type of the route that an address is routed by."""
    prefixes = (IPv6Network((address, length), strict=False) for length in range(128, -1, -1))
    return next((routes[prefix] for prefix in prefixes if prefix in routes), None)


def _mtu(place: Namespace, found: list[Tunnel]) -> Iterator[Finding]:
    """Whether what the tenants' ports let in still fits when it is encapsulated."""
    worst: dict[str, tuple[int, str]] = {}
    for tunnel in found:
        vrf = place.vrf_of(tunnel.table)
        ports = vrf.ports if vrf else {}
        largest = max(ports.values(), default=0)
        needed = largest + tunnel.overhead
        if largest and needed > place.mtus.get(tunnel.device, needed) and needed > worst.get(tunnel.device, (0, ""))[0]:
            worst[tunnel.device] = needed, f"{largest} octets from VRF {vrf.name} and {tunnel.overhead} of encapsulation"
    for device, (needed, why) in worst.items():
        yield Finding.at(
            place,
            "mtu",
            f"MTU {place.mtus[device]} of {device} is too small for {why}: large packets vanish, and nobody is told",
            f"ip link set {device} mtu {needed}",
        )

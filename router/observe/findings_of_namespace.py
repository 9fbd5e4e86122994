# SPDX-License-Identifier: GPL-2.0
"""What can be wrong with the SIDs, VRFs, rules and sysctls of a network namespace, which the caller is in."""

from collections.abc import Iterator

import findings_of_tunnels
from finding import Finding
from findings_of_tunnels import REFUSALS, throw_to
from machine import ip, run, sysctl
from namespace import Namespace, Vrf, tunnels

LOCAL = 255
NAMES = {"-4": "IPv4", "-6": "IPv6"}
# Higher than any other default route's, so that it is the last one.
LAST_METRIC = 4278198272


def examine(place: Namespace) -> list[Finding]:
    """All of it. Where there are no SIDs, why there can be none: in the first namespace, if it has VRFs; others' are none of our business."""
    if place.sids:
        checks = (_strict_mode, _sids, _vrfs, _ways_out, _local_first, _hmac, findings_of_tunnels.examine)
    elif place.name is None:
        checks = (_strict_mode, _vrfs) if place.vrfs else ()
    else:
        checks = ()
    return [finding for check in checks for finding in check(place)]


def _served_vrfs(place: Namespace, *families: str) -> list[Vrf]:
    """Those that a SID leads into, for a family."""
    tables = {sid.vrf_table for sid in place.sids if set(sid.families) & set(families)}
    return [vrf for vrf in place.vrfs if vrf.table in tables]


def _families(place: Namespace) -> list[str]:
    """Those of all SIDs that lead into a VRF."""
    return sorted({family for sid in place.sids if sid.vrf_table is not None for family in sid.families})


def _strict_mode(place: Namespace) -> Iterator[Finding]:
    by_table: dict[int, list[str]] = {}
    for vrf in place.vrfs:
        by_table.setdefault(vrf.table, []).append(vrf.name)
    for table, names in by_table.items():
        if len(names) > 1:
            yield Finding.at(
                place,
                "shared-table",
                f"VRFs {', '.join(names)} share table {table}: whose packets a SID's are is a matter of chance once one goes",
                *(f"ip link del {name}" for name in names[1:]),
            )
    if sysctl("net.vrf.strict_mode") == 0:
        hint = "" if place.sids else "; what was refused has to be asked for again, by FRR after a restart"
        yield Finding.at(
            place, "strict-mode", f"VRFs are not in strict mode: no SID with a vrftable can be created{hint}", "sysctl -w net.vrf.strict_mode=1"
        )


def _sids(place: Namespace) -> Iterator[Finding]:
    own = {address["local"] for link in ip("-6", "addr", "show") for address in link["addr_info"]}
    for sid in place.sids:
        if sid.vrf_table is None:
            vrf = place.vrf_of(sid.table)
            if vrf:
                yield Finding.at(
                    place,
                    "table-of-vrf",
                    f"SID {sid.prefix}, {sid.behaviour} table {sid.table}: packets are routed in VRF {vrf.name}'s table without entering the VRF:"
                    " its netfilter rules, taps, counters and sockets do not see them",
                    f"ip -6 route replace {sid.prefix} encap seg6local action {sid.behaviour} vrftable {sid.table} count dev {vrf.name}",
                )
            continue
        command = f"encap seg6local action {sid.behaviour} vrftable {sid.vrf_table}{' count' if sid.counters else ''} dev"
        if place.vrf_of(sid.vrf_table) is None:
            yield Finding.at(
                place,
                "no-vrf",
                f"SID {sid.prefix}: no VRF serves table {sid.vrf_table}: its packets are dropped",
                f"ip link add vrf{sid.vrf_table} up type vrf table {sid.vrf_table}",
            )
        elif sid.device == "lo" and sid.nexthop is None:
            vrf = place.vrf_of(sid.vrf_table)
            yield Finding.at(
                place,
                "sid-on-loopback",
                f"SID {sid.prefix} is on a loopback device: the kernel refuses its packets before they get to it",
                f"ip -6 route replace {sid.prefix} {command} {vrf.name}",
            )
        if sid.prefix in own:
            yield Finding.at(
                place,
                "sid-is-own-address",
                f"SID {sid.prefix} is an address of this router, which takes its packets",
                *(
                    f"ip -6 addr del {sid.prefix}/{address['prefixlen']} dev {link['ifname']}"
                    for link in ip("-6", "addr", "show")
                    for address in link["addr_info"]
                    if address["local"] == sid.prefix
                ),
            )


def _vrfs(place: Namespace) -> Iterator[Finding]:
    # Not only those that a SID leads into: the kernel has deleted the SIDs on a VRF that went down.
    for vrf in place.vrfs:
        if not vrf.is_up:
            yield Finding.at(
                place, "vrf-down", f"VRF {vrf.name} is down: nothing is routed in it, and SIDs on it are gone", f"ip link set {vrf.name} up"
            )
    for vrf in _served_vrfs(place, "-4"):
        if sysctl("net.ipv4.conf.%.forwarding", vrf.name) == 0:
            # The one for all sets those of each device, but only when it changes.
            setting = f"net/ipv4/conf/{vrf.name}/forwarding" if sysctl("net.ipv4.ip_forward") else "net.ipv4.ip_forward"
            yield Finding.at(
                place, "not-forwarding", f"VRF {vrf.name} does not forward IPv4: packets to the tenant are dropped", f"sysctl -w {setting}=1"
            )
        yield from _rp_filter(place, vrf)
    if _served_vrfs(place, "-6") and sysctl("net.ipv6.conf.all.forwarding") == 0:
        yield Finding.at(
            place, "not-forwarding", "IPv6 is not forwarded: packets to the tenants are dropped", "sysctl -w net.ipv6.conf.all.forwarding=1"
        )


def _rp_filter(place: Namespace, vrf: Vrf) -> Iterator[Finding]:
    of_all = sysctl("net.ipv4.conf.all.rp_filter") or 0
    # The kernel takes the higher one.
    value = max(of_all, sysctl("net.ipv4.conf.%.rp_filter", vrf.name) or 0)
    if not value:
        return
    own = f"net/ipv4/conf/{vrf.name}/rp_filter"
    if not any(link["addr_info"] for link in ip("-4", "addr", "show", "dev", vrf.name)):
        # __fib_validate_source()
        yield Finding.at(
            place,
            "rp-filter",
            f"rp_filter of VRF {vrf.name} is on, and the VRF has no IPv4 address of its own: packets from other sites are dropped, in mode 2 as well",
            f"sysctl -w {own}=0{' net.ipv4.conf.all.rp_filter=0' if of_all else ''}",
        )
    elif value == 1:
        yield Finding.at(
            place,
            "rp-filter",
            f"rp_filter of VRF {vrf.name} is strict: packets from other sites are dropped, for the way back leads into a tunnel",
            f"sysctl -w {own}=2",
        )


def _priority_of_l3mdev(rules: list[dict]) -> int | None:
    return next((rule["priority"] for rule in rules if "l3mdev" in rule and "action" not in rule), None)


def _ways_out(place: Namespace) -> Iterator[Finding]:
    """Whether what a VRF's table has no answer to goes on to table main."""
    for family in _families(place):
        if any("l3mdev" in rule and rule.get("action") in REFUSALS for rule in place.rules[family]):
            continue
        for vrf in _served_vrfs(place, family):
            if not ip(family, "route", "show", "table", str(vrf.table), "default"):
                yield Finding.at(
                    place,
                    "way-out",
                    f"VRF {vrf.name} has no default route for {NAMES[family]}: packets that its table has no answer to are routed by table main,"
                    " out of the VRF",
                    # What is encapsulated has to get there, and is looked up in the VRF's table first.
                    *(throw_to(vrf, [tunnel.sid for tunnel in tunnels() if tunnel.table == vrf.table]) if family == "-6" else ()),
                    f"ip {family} route add table {vrf.table} unreachable default metric {LAST_METRIC}",
                )


def _local_first(place: Namespace) -> Iterator[Finding]:
    for family in _families(place):
        rules = place.rules[family]
        l3mdev = _priority_of_l3mdev(rules)
        if l3mdev is None:
            yield Finding.at(
                place, "no-l3mdev-rule", f"no rule for {NAMES[family]} leads into the VRFs' tables", f"ip {family} rule add pref 1000 l3mdev"
            )
            continue
        local = [rule["priority"] for rule in rules if rule.get("table") == str(LOCAL)]
        before = [priority for priority in local if priority < l3mdev]
        if before:
            yield Finding.at(
                place,
                "local-first",
                f"a rule for {NAMES[family]} looks into table local before the VRFs' tables: a tenant reaches the router's addresses outside"
                " of his VRF",
                *([f"ip {family} rule add pref 32765 table local"] if before == local else []),
                *(f"ip {family} rule del pref {priority}" for priority in before),
            )


def _hmac(place: Namespace) -> Iterator[Finding]:
    requiring = [port for port in place.mtus if sysctl("net.ipv6.conf.%.seg6_require_hmac", port) == 1]
    if requiring and not run("ip", "sr", "hmac", "show").strip():
        yield Finding.at(
            place,
            "no-hmac-key",
            f"{', '.join(requiring)} asks for HMACs (seg6_require_hmac), but there is no key: every packet for a SID is dropped there",
            "ip sr hmac set 1 sha256",
        )
    if not requiring and sysctl("net.ipv6.conf.all.seg6_require_hmac") == 1:
        yield Finding.at(
            place,
            "hmac-of-all",
            "net.ipv6.conf.all.seg6_require_hmac counts for nothing: it has to be set on the devices that receive",
            *(
                f"sysctl -w net/ipv6/conf/{port}/seg6_require_hmac=1"
                for port in place.mtus
                if port != "lo" and sysctl("net.ipv6.conf.%.seg6_require_hmac", port) is not None
            ),
        )

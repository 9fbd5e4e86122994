# SPDX-License-Identifier: GPL-2.0
"""What can be wrong with the SIDs, VRFs, rules and sysctls of a network namespace, which the caller is in."""

from collections.abc import Iterator

from finding import Finding
from machine import ip, run, sysctl
from namespace import Namespace, Vrf, tunnels

LOCAL = 255
# RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT.
REFUSALS = ("6", "7", "8")
# Higher than any other default route's, so that it is the last one.
LAST_METRIC = 4278198272


def examine(place: Namespace) -> list[Finding]:
    """All of it; where there are no SIDs, why there can be none."""
    checks = (_strict_mode, _sids, _vrfs, _ways_out, _local_first, _hmac, _mtu) if place.sids else (_strict_mode,)
    return [finding for check in checks for finding in check(place)]


def _served_vrfs(place: Namespace) -> list[Vrf]:
    tables = {sid.vrf_table for sid in place.sids}
    return [vrf for vrf in place.vrfs if vrf.table in tables]


def _finding(place: Namespace, name: str, text: str, *mend: str) -> Finding:
    return Finding(name, text, [place.command(command) for command in mend], place.name)


def _strict_mode(place: Namespace) -> Iterator[Finding]:
    by_table: dict[int, list[str]] = {}
    for vrf in place.vrfs:
        by_table.setdefault(vrf.table, []).append(vrf.name)
    for table, names in by_table.items():
        if len(names) > 1:
            yield _finding(
                place,
                "shared-table",
                f"VRFs {', '.join(names)} share table {table}: whose packets a SID's are is a matter of chance once one goes",
                *(f"ip link del {name}" for name in names[1:]),
            )
    if sysctl("net.vrf.strict_mode") == 0:
        hint = "" if place.sids else "; what was refused has to be asked for again, by FRR after a restart"
        yield _finding(
            place, "strict-mode", f"VRFs are not in strict mode: no SID with a vrftable can be created{hint}", "sysctl -w net.vrf.strict_mode=1"
        )


def _sids(place: Namespace) -> Iterator[Finding]:
    own = {address["local"] for link in ip("-6", "addr", "show") for address in link["addr_info"]}
    for sid in place.sids:
        if sid.vrf_table is None:
            vrf = place.vrf_of(sid.table)
            if vrf:
                yield _finding(
                    place,
                    "table-of-vrf",
                    f"SID {sid.prefix}, {sid.behaviour} table {sid.table}: packets are routed in VRF {vrf.name}'s table without entering the VRF:"
                    " its netfilter rules, taps, counters and sockets do not see them",
                    f"ip -6 route replace {sid.prefix} encap seg6local action {sid.behaviour} vrftable {sid.table} count dev {vrf.name}",
                )
            continue
        command = f"encap seg6local action {sid.behaviour} vrftable {sid.vrf_table}{' count' if sid.counters else ''} dev"
        if place.vrf_of(sid.vrf_table) is None:
            yield _finding(
                place,
                "no-vrf",
                f"SID {sid.prefix}: no VRF serves table {sid.vrf_table}: its packets are dropped",
                f"ip link add vrf{sid.vrf_table} up type vrf table {sid.vrf_table}",
            )
        elif sid.device == "lo" and sid.nexthop is None:
            vrf = place.vrf_of(sid.vrf_table)
            yield _finding(
                place,
                "sid-on-loopback",
                f"SID {sid.prefix} is on a loopback device: the kernel refuses its packets before they get to it",
                f"ip -6 route replace {sid.prefix} {command} {vrf.name}",
            )
        if sid.prefix in own:
            yield _finding(
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
            yield _finding(
                place, "vrf-down", f"VRF {vrf.name} is down: nothing is routed in it, and SIDs on it are gone", f"ip link set {vrf.name} up"
            )
    for vrf in _served_vrfs(place):
        if sysctl("net.ipv4.conf.%.forwarding", vrf.name) == 0:
            # The one for all sets those of each device, but only when it changes.
            setting = f"net/ipv4/conf/{vrf.name}/forwarding" if sysctl("net.ipv4.ip_forward") else "net.ipv4.ip_forward"
            yield _finding(
                place, "not-forwarding", f"VRF {vrf.name} does not forward IPv4: packets to the tenant are dropped", f"sysctl -w {setting}=1"
            )
        # The kernel takes the higher one.
        if max(sysctl("net.ipv4.conf.%.rp_filter", name) or 0 for name in ("all", vrf.name)) == 1:
            yield _finding(
                place,
                "rp-filter",
                f"rp_filter of VRF {vrf.name} is strict: packets from other sites are dropped, for the way back leads into a tunnel",
                f"sysctl -w net/ipv4/conf/{vrf.name}/rp_filter=2",
            )


def _priority_of_l3mdev(place: Namespace) -> int | None:
    return next((rule["priority"] for rule in place.rules if "l3mdev" in rule and "action" not in rule), None)


def _ways_out(place: Namespace) -> Iterator[Finding]:
    """Whether what a VRF's table has no answer to goes on to table main."""
    if any("l3mdev" in rule and rule.get("action") in REFUSALS for rule in place.rules):
        return
    for vrf in _served_vrfs(place):
        routes = ip("-4", "route", "show", "table", str(vrf.table), "default")
        if not routes:
            yield _finding(
                place,
                "way-out",
                f"VRF {vrf.name} has no default route: packets that its table has no answer to are routed by table main, out of the VRF",
                f"ip route add table {vrf.table} unreachable default metric {LAST_METRIC}",
            )


def _local_first(place: Namespace) -> Iterator[Finding]:
    l3mdev = _priority_of_l3mdev(place)
    if l3mdev is None:
        yield _finding(place, "no-l3mdev-rule", "no rule leads into the VRFs' tables", "ip rule add pref 1000 l3mdev")
        return
    local = [rule["priority"] for rule in place.rules if rule.get("table") == str(LOCAL)]
    before = [priority for priority in local if priority < l3mdev]
    if before:
        yield _finding(
            place,
            "local-first",
            "a rule looks into table local before the VRFs' tables: a tenant reaches the router's addresses outside of his VRF",
            *(["ip rule add pref 32765 table local"] if before == local else []),
            *(f"ip rule del pref {priority}" for priority in before),
        )


def _hmac(place: Namespace) -> Iterator[Finding]:
    requiring = [port for port in place.mtus if sysctl("net.ipv6.conf.%.seg6_require_hmac", port) == 1]
    if requiring and not run("ip", "sr", "hmac", "show").strip():
        yield _finding(
            place,
            "no-hmac-key",
            f"{', '.join(requiring)} asks for HMACs (seg6_require_hmac), but there is no key: every packet for a SID is dropped there",
            "ip sr hmac set 1 sha256",
        )
    if not requiring and sysctl("net.ipv6.conf.all.seg6_require_hmac") == 1:
        yield _finding(
            place,
            "hmac-of-all",
            "net.ipv6.conf.all.seg6_require_hmac counts for nothing: it has to be set on the devices that receive",
            *(
                f"sysctl -w net/ipv6/conf/{port}/seg6_require_hmac=1"
                for port in place.mtus
                if port != "lo" and sysctl("net.ipv6.conf.%.seg6_require_hmac", port) is not None
            ),
        )


def _mtu(place: Namespace) -> Iterator[Finding]:
    """Whether what the tenants' ports let in still fits when it is encapsulated."""
    worst: dict[str, tuple[int, str]] = {}
    for tunnel in tunnels():
        vrf = place.vrf_of(int(tunnel.table))
        ports = vrf.ports if vrf else {}
        largest = max(ports.values(), default=0)
        needed = largest + tunnel.overhead
        if largest and needed > place.mtus.get(tunnel.device, needed) and needed > worst.get(tunnel.device, (0, ""))[0]:
            worst[tunnel.device] = needed, f"{largest} octets from VRF {vrf.name} and {tunnel.overhead} of encapsulation"
    for device, (needed, why) in worst.items():
        yield _finding(
            place,
            "mtu",
            f"MTU {place.mtus[device]} of {device} is too small for {why}: large packets vanish, and nobody is told",
            f"ip link set {device} mtu {needed}",
        )

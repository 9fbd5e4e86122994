# SPDX-License-Identifier: GPL-2.0
"""Network namespaces, and what of them matters to SIDs: the SIDs themselves, VRFs, rules."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from machine import Unknown, ip

MAIN = 254
# Behaviours that lead into a tenant's table, and the families that they decapsulate, as iproute2 has them.
FAMILIES = {"End.DT4": ("-4",), "End.DT46": ("-4", "-6"), "End.DT6": ("-6",)}


@dataclass(frozen=True)
class Sid:
    """A route to a SID."""

    prefix: str
    behaviour: str
    # A VRF's table, or one that is looked into without a VRF.
    vrf_table: int | None
    table: int | None
    device: str
    nexthop: int | None
    # Packets, octets and errors, of a route created with `count`.
    counters: dict[str, int] | None

    @property
    def families(self) -> tuple[str, ...]:
        """What it decapsulates."""
        return FAMILIES[self.behaviour]


@dataclass(frozen=True)
class Vrf:
    """An L3 master device, and the ports that belong to it, with their MTUs."""

    name: str
    table: int
    is_up: bool
    ports: dict[str, int]


@dataclass(frozen=True)
class Tunnel:
    """A route that encapsulates (H.Encaps)."""

    prefix: str
    table: int
    device: str
    # Where the packet goes first.
    sid: str
    # Octets that are put in front of a packet.
    overhead: int


@dataclass(frozen=True)
class Namespace:
    """A network namespace as it is now. `name` is that of `ip netns`, None for the first one."""

    name: str | None
    inode: int
    sids: list[Sid]
    vrfs: list[Vrf]
    # By family.
    rules: dict[str, list[dict]]
    mtus: dict[str, int]

    def vrf_of(self, table: int | None) -> Vrf | None:
        """The first VRF with a table."""
        return next((vrf for vrf in self.vrfs if vrf.table == table), None)

    def command(self, command: str) -> str:
        """A shell command as it has to be typed to run here."""
        if self.name is None:
            return command
        return f"ip netns exec {self.name} {command}"


def table_number(table: str | int | None) -> int | None:
    """Of a table by the name or number that `ip -N` prints."""
    return None if table is None else int(table)


def _sids() -> list[Sid]:
    # By name they would be those of /etc/iproute2; -N prints numbers.
    found = []
    for route in ip("-N", "-s", "-6", "route", "show", "table", "all"):
        encap = route.get("encap")
        if not isinstance(encap, dict) or encap.get("encap_type") != "seg6local" or encap.get("action") not in FAMILIES:
            continue
        counters = encap.get("stats64")
        found.append(
            Sid(
                prefix=route["dst"],
                behaviour=encap["action"],
                vrf_table=table_number(encap.get("vrftable")),
                table=table_number(encap.get("table")),
                device=route.get("dev", "?"),
                nexthop=route.get("nhid"),
                counters={name: int(counters[name]) for name in ("packets", "bytes", "errors")} if counters else None,
            )
        )
    return found


def tunnels() -> list[Tunnel]:
    """Those of the namespace that the caller is in. Reads every route: not for what runs every minute."""
    found = []
    for family in ("-4", "-6"):
        for route in ip("-N", family, "route", "show", "table", "all"):
            encap = route.get("encap")
            if not isinstance(encap, dict) or encap.get("encap_type") != "seg6" or "dev" not in route or not encap.get("segs"):
                continue
            sids = encap["segs"]
            segments = len(sids)
            # RFC 8986 §5.1, §5.2: the reduced form has the first SID in the header only, and no SRH for one.
            if encap.get("mode") == "encap":
                srh = 8 + 16 * segments
            elif encap.get("mode") == "encap.red":
                srh = 8 + 16 * (segments - 1) if segments > 1 else 0
            else:
                continue
            found.append(Tunnel(route["dst"], int(route.get("table", MAIN)), route["dev"], sids[0], 40 + srh))
    return found


def _read(name: str | None) -> Namespace:
    links = ip("-d", "link", "show")
    ports = {link["ifname"]: (link.get("master"), link["mtu"]) for link in links}
    vrfs = [
        Vrf(
            name=link["ifname"],
            table=int(link["linkinfo"]["info_data"]["table"]),
            is_up="UP" in link["flags"],
            ports={port: mtu for port, (master, mtu) in ports.items() if master == link["ifname"]},
        )
        for link in links
        if link.get("linkinfo", {}).get("info_kind") == "vrf"
    ]
    return Namespace(
        name=name,
        inode=os.stat("/proc/self/ns/net").st_ino,
        sids=_sids(),
        vrfs=vrfs,
        rules={family: ip("-N", family, "rule", "show") for family in ("-4", "-6")},
        mtus={port: mtu for port, (_, mtu) in ports.items()},
    )


@contextmanager
def entered(name: str | None) -> Iterator[None]:
    """Within it this process is in that namespace: commands and /proc/sys/net are those of it."""
    if name is None:
        yield
        return
    # Of this thread, which is the only one.
    home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        there = os.open(Path("/run/netns") / name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.setns(there, os.CLONE_NEWNET)
        finally:
            os.close(there)
        yield
    except OSError as error:
        raise Unknown(f"network namespace {name}: {error.strerror}") from None
    finally:
        os.setns(home, os.CLONE_NEWNET)
        os.close(home)


def names() -> list[str | None]:
    """This namespace, as None, and those that `ip netns` has names for."""
    return [None, *sorted(entry["name"] for entry in ip("netns", "list"))]


def read_all() -> list[Namespace]:
    """All of them. One that is deleted meanwhile, and its name with it, is left out."""
    found: dict[int, Namespace] = {}
    for name in names():
        try:
            with entered(name):
                namespace = _read(name)
        except Unknown:
            if name is None or (Path("/run/netns") / name).exists():
                raise
            continue
        # One may have several names.
        found.setdefault(namespace.inode, namespace)
    return list(found.values())

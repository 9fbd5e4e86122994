#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The cases: packets, and what has to become of them. Runs before the VM, without the kernel:

    cases.py DIRECTORY [--check]

writes NAME.packets for each case, in the format of seg6_bench.h, the routes of the large VRF, and cases.json.
"""

import hashlib
import hmac
import json
import random
import struct
import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import (
    IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, IPv6ExtHdrSegmentRouting, IPv6ExtHdrSegmentRoutingTLV, PadN)
from scapy.layers.l2 import Ether
from scapy.utils import checksum

# As router.sh sets them up: MAC addresses of the router's ports end in the number of the port, those of
# the neighbour there have a 1 in front.
CORE, CORE2, CUSTOMER, SITE, GLOBAL, LARGE = range(1, 7)
PORTS = {CORE: "core0", CORE2: "core1", CUSTOMER: "cust0", SITE: "site0", GLOBAL: "glob0", LARGE: "large0"}
# End.DX4 takes the route to its next hop, but the inner destination for the neighbour.
NEIGHBOURS = {CORE2: "fd01::2", SITE: "10.0.0.1", GLOBAL: "10.2.0.1", LARGE: "10.0.1.1"}
SITE_IPV6 = "2001:db8:f0::1"
SOURCE, INNER_SOURCE, INNER_DESTINATION = "2001:db8:1::1", "10.1.0.1", "10.2.0.1"
INNER_SOURCE6, INNER_DESTINATION6 = "2001:db8:11::1", "2001:db8:22::1"
SID, SID_COUNT, SID_LARGE, SID_DX4, TUNNEL = "5f00::d4", "5f00::c", "5f00::1a", "5f00::4", "5f00::6"
SID_DT6, SID_DT46 = "5f00::d6", "5f00::d46"

ROUTES, DESTINATIONS = 100_000, 10_000
MANY_SIDS = [f"5f00:d4::{i:x}" for i in range(1, 10_001)]
# Share of prefix lengths, roughly that of the Internet's routing table.
LENGTHS = {24: 60, 23: 10, 22: 12, 21: 5, 20: 5, 19: 3, 18: 2, 16: 3}


def router_mac(port):
    return f"02:00:00:00:00:{port:02x}"


def neighbour_mac(port):
    return f"02:00:00:00:01:{port:02x}"


def coming_in(port, packet):
    return bytes(Ether(src=neighbour_mac(port), dst=router_mac(port)) / packet)


def going_out(port, packet):
    return bytes(Ether(src=router_mac(port), dst=neighbour_mac(port)) / packet)


def inner(size, destination=INNER_DESTINATION, ttl=64):
    payload = bytes(i & 0xff for i in range(size - 28))
    return IP(src=INNER_SOURCE, dst=destination, ttl=ttl, id=1) / UDP(sport=1024, dport=4096) / payload


def inner6(size, hlim=64):
    payload = bytes(i & 0xff for i in range(size - 48))
    return IPv6(src=INNER_SOURCE6, dst=INNER_DESTINATION6, hlim=hlim) / UDP(sport=1024, dport=4096) / payload


def srh(segments, sid):
    addresses = [sid] + [f"5f00:{n}::" for n in range(1, segments)]
    return IPv6ExtHdrSegmentRouting(addresses=addresses, segleft=0, lastentry=segments - 1)


def signed_srh(sid):
    """RFC 8754 section 2.1.2, with the key of the situation."""
    key_id, h_flag = 7, 0x08
    text = (IPv6Address(SOURCE).packed + bytes([0, h_flag]) + struct.pack("!I", key_id) + IPv6Address(sid).packed)
    signature = hmac.new(b"secret", text, hashlib.sha256).digest()
    tlv = IPv6ExtHdrSegmentRoutingTLV(type=5, len=38, value=struct.pack("!HI", 0, key_id) + signature)
    return IPv6ExtHdrSegmentRouting(addresses=[sid], segleft=0, lastentry=0, hmac=1, tlv_objects=[tlv])


def padding(kind):
    return kind(options=[PadN(optdata=b"\0\0\0\0")])


def outer(sid, *extension_headers):
    packet = IPv6(src=SOURCE, dst=sid, hlim=64)
    for header in extension_headers:
        packet /= header
    return packet


def partial_checksum(packet):
    """As a virtual machine hands it over: the sum of the pseudo header only."""
    ip, udp = packet[IP], packet[UDP]
    length = len(bytes(udp))
    pseudo = IPv4Address(ip.src).packed + IPv4Address(ip.dst).packed + struct.pack("!HH", 17, length)
    udp.chksum = ~checksum(pseudo) & 0xffff
    return packet


class Case:
    """Packets of one kind, in two sizes unless told otherwise."""

    def __init__(self, name, title, builtin_only=False, sizes=(64, 1400), situation=None, **packets):
        self.name, self.title, self.builtin_only, self.sizes = name, title, builtin_only, sizes
        self.situation = situation  # a function of situations.sh
        self.neighbour = NEIGHBOURS[packets.get("out", self.out)]
        self.packets = packets
        self.out = packets.get("out", self.out)

    def records(self, size):
        return end_dt4(size, **self.packets)

    port, out = CORE, SITE


class InnerIPv6(Case):
    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self.neighbour = SITE_IPV6

    def records(self, size):
        packets = self.packets
        came = coming_in(CORE, outer(packets["sid"], *packets.get("headers", ())) / inner6(size))
        yield came, going_out(SITE, inner6(size, hlim=63)), 0, 0


class ManySids(Case):
    def records(self, size):
        for sid in MANY_SIDS:
            yield from end_dt4(size, sid=sid, headers=[srh(1, sid)])


def end_dt4(size, sid=SID, headers=(), out=SITE, destinations=(INNER_DESTINATION,), linear=0, partial=False):
    for destination in destinations:
        packet = inner(size, destination)
        if partial:
            packet = partial_checksum(packet)
        came = coming_in(CORE, outer(sid, *headers) / packet)
        went = going_out(out, inner(size, destination, ttl=63))
        yield came, went, linear, came.index(bytes(packet[UDP])[:4], 54) if partial else 0


class PlainIPv4(Case):
    port = CUSTOMER

    def records(self, size):
        yield coming_in(CUSTOMER, inner(size)), going_out(SITE, inner(size, ttl=63)), 0, 0


class PlainIPv6(Case):
    out = CORE2

    def records(self, size):
        def packet(hlim):
            return IPv6(src=SOURCE, dst="2001:db8:2::1", hlim=hlim) / UDP(sport=1024, dport=4096) / bytes(size - 48)
        yield coming_in(CORE, packet(64)), going_out(CORE2, packet(63)), 0, 0


def prefixes(number):
    """As in a large routing table; the same in each run."""
    chance, found = random.Random(4), {}
    while len(found) < number:
        length = chance.choices(list(LENGTHS), LENGTHS.values())[0]
        found[IPv4Network((chance.randrange(11 << 24, 126 << 24), length), strict=False)] = True
    return list(found)


def address_in(prefix, chance):
    return str(prefix[chance.randrange(1, prefix.num_addresses - 1)])


def route_to(sid, table=100, dev="vrf100"):
    return f"{sid} encap seg6local action End.DT4 vrftable {table} dev {dev}"


# Much to set up, too much for --check.
MANY = ("large1", "large10k", "sids10k")


def all_cases(destinations):
    one = srh(1, SID)
    yield PlainIPv4("ipv4", "plain IPv4 forwarding in the VRF")
    yield PlainIPv6("ipv6", "plain IPv6 forwarding")
    yield Case("srh", "End.DT4, SRH with 1 segment", headers=[one])
    yield Case("srh8", "End.DT4, SRH with 8 segments", headers=[srh(8, SID)])
    yield Case("nosrh", "End.DT4, no SRH")
    yield InnerIPv6("dt6", "End.DT6, SRH with 1 segment", sid=SID_DT6, headers=[srh(1, SID_DT6)])
    yield InnerIPv6("dt6nosrh", "End.DT6, no SRH", sid=SID_DT6)
    yield Case("dt46v4", "End.DT46, SRH, IPv4", sid=SID_DT46, headers=[srh(1, SID_DT46)])
    yield InnerIPv6("dt46v6", "End.DT46, SRH, IPv6", sid=SID_DT46, headers=[srh(1, SID_DT46)])
    yield Case("count", "End.DT4, SRH, count", sid=SID_COUNT, headers=[srh(1, SID_COUNT)])
    yield Case("exthdrs", "End.DT4, 4 extension headers",
               headers=[padding(IPv6ExtHdrHopByHop), padding(IPv6ExtHdrDestOpt), one, padding(IPv6ExtHdrDestOpt)])
    yield Case("hmac", "End.DT4, SRH with HMAC", headers=[signed_srh(SID)], situation="hmac")
    yield Case("partial", "End.DT4, SRH, partial checksum", headers=[one], partial=True)
    yield Case("paged", "End.DT4, SRH, payload in a page", sizes=(1400,), headers=[one], linear=14 + 128)
    yield Case("allpaged", "End.DT4, SRH, headers in a page, too", headers=[one], linear=14)
    yield Case("large1", "End.DT4, SRH, 100,000 routes, 1 destination", sizes=(64,), sid=SID_LARGE,
               headers=[srh(1, SID_LARGE)], out=LARGE, destinations=destinations[:1])
    yield Case("large10k", "End.DT4, SRH, 100,000 routes, 10,000 destinations", sizes=(64,), sid=SID_LARGE,
               headers=[srh(1, SID_LARGE)], out=LARGE, destinations=destinations)
    yield ManySids("sids10k", "End.DT4, SRH, 10,000 SIDs", sizes=(64,), situation="many_sids")
    yield Case("dx4", "End.DX4, SRH with 1 segment", builtin_only=True, sid=SID_DX4, headers=[srh(1, SID_DX4)],
               out=GLOBAL)
    yield Case("ip6tnl", "ip6tnl in the VRF", builtin_only=True, sid=TUNNEL)


def write_packets(path, records):
    with path.open("wb") as file:
        for came, went, linear, csum_start in records:
            record = struct.pack("<4H", len(came), len(went), linear, csum_start) + came + went
            file.write(record + bytes(len(record) % 2))


def main():
    directory = Path(sys.argv[1])
    short = "--check" in sys.argv[2:]
    destinations = []
    if not short:
        large, chance = prefixes(ROUTES), random.Random(5)
        destinations = [address_in(prefix, chance) for prefix in chance.sample(large, DESTINATIONS)]
        (directory / "routes").write_text("".join(
            f"route add {prefix} table 101 via 10.0.1.1 dev large0\n" for prefix in large))
        (directory / "many_sids").write_text("".join(f"route add {route_to(sid)}\n" for sid in MANY_SIDS))
    runs = []
    for case in all_cases(destinations):
        if short and case.name in MANY:
            continue
        for size in case.sizes[:1] if short else case.sizes:
            name = f"{case.name}-{size}"
            write_packets(directory / f"{name}.packets", case.records(size))
            runs.append({"name": name, "case": case.name, "title": case.title, "size": size,
                         "port": PORTS[case.port], "builtin_only": case.builtin_only, "situation": case.situation,
                         "neighbour": [PORTS[case.out], case.neighbour, neighbour_mac(case.out)],
                         "rounds": 3 if case.name.endswith("10k") else 20})
    (directory / "cases.json").write_text(json.dumps(runs, indent=1))


if __name__ == "__main__":
    main()

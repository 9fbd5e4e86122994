# SPDX-License-Identifier: GPL-2.0
"""End.DT4 routes by pyroute2, on the edge of routes.sh. Says "ok" or "no", name and detail of each step."""

import errno
from socket import AF_INET6

from pyroute2 import IPRoute, NetlinkError

SID, SIDS = "fc00:2::100/128", [f"fc00:2::{number:x}/128" for number in range(0x1000, 0x1014)]
SEG6LOCAL, END_DT4 = 7, 8


def encap(table):
    return {"type": "seg6local", "action": "End.DT4", "vrf_table": table}


def main(ipr):
    devices = {table: ipr.link_lookup(ifname=f"vrf-{table}")[0] for table in (100, 200)}

    def shown():
        """(SID, device, type of the encapsulation, its attributes) of each route with one."""
        return [(f"{route.get_attr('RTA_DST')}/{route['dst_len']}", route.get_attr("RTA_OIF"), route.get_attr("RTA_ENCAP_TYPE"),
                 dict(route.get_attr("RTA_ENCAP")["attrs"]))
                for route in ipr.get_routes(family=AF_INET6) if route.get_attr("RTA_ENCAP_TYPE")]

    def route(sid, table):
        return sid, devices[table], SEG6LOCAL, {"SEG6_LOCAL_ACTION": END_DT4, "SEG6_LOCAL_VRFTABLE": table}

    def change(command, sid, table):
        ipr.route(command, dst=sid, oif=devices.get(table, devices[100]), encap=encap(table))

    def error(*arguments):
        try:
            change(*arguments)
        except NetlinkError as err:
            return errno.errorcode[err.code]
        return None

    def step(name, got, want):
        print("ok" if got == want else "no", name, f"want {want}, got {got}", sep="\t")

    change("add", SID, 100)
    step("create and dump", shown(), [route(SID, 100)])
    # This message is made by another function than a dump.
    (found,) = ipr.route("get", dst=SID.split("/")[0])
    step("get", dict(found.get_attr("RTA_ENCAP")["attrs"]), route(SID, 100)[3])
    step("create it twice", error("add", SID, 100), "EEXIST")
    change("replace", SID, 200)
    step("replace", shown(), [route(SID, 200)])
    step("replace by one without a VRF", error("replace", SID, 300), "ENODEV")
    step("what was there stays", shown(), [route(SID, 200)])
    for sid in SIDS:
        change("add", sid, 100)
    step("dump of many", shown(), [route(SID, 200)] + [route(sid, 100) for sid in SIDS])
    for sid in SIDS:
        ipr.route("del", dst=sid)
    step("delete many", shown(), [route(SID, 200)])
    ipr.route("del", dst=SID)
    step("delete", shown(), [])
    step("delete it twice", error("del", SID, 200), "ESRCH")


with IPRoute() as iproute:
    main(iproute)

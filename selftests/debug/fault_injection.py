# SPDX-License-Identifier: GPL-2.0
"""fault_injection.py load|audit MODULE.ko | routes NETNS: lets every allocation of what it does fail in turn.

Prints "NAME COUNT", how many allocations failed, or stops at what should not be."""

import ctypes
import errno
import os
import socket
import subprocess
import sys

import netlink
from faults import attempts, only_below, text_of

MODULE = "seg6_end_dt4"
UNLOAD = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../router/unload.sh")
NO_MEMORY = (errno.ENOMEM, errno.ENOBUFS)
SID, TABLE, NEXTHOP = "fc00:2::fa17", 100, 4242

libc = ctypes.CDLL(None, use_errno=True)
SYS_FINIT_MODULE = 313


def finit_module(file, parameters):
    return 0 if libc.syscall(SYS_FINIT_MODULE, file.fileno(), parameters, 0) == 0 else ctypes.get_errno()


def loaded():
    return any(os.path.exists(path) for path in (f"/sys/module/{MODULE}", f"/sys/kernel/debug/{MODULE}"))


def load(path, parameters=b""):
    """An initialisation that fails leaves nothing behind; one that does without the memory works."""
    only_below(*text_of("do_one_initcall"))
    failed = survived = 0
    with open(path, "rb") as file:
        for error in attempts(lambda: finit_module(file, parameters)):
            if error == 0:
                survived += 1
                subprocess.run([UNLOAD, "60"], check=True)
            elif error not in NO_MEMORY:
                sys.exit(f"allocation {failed + survived + 1}: {os.strerror(error)}")
            else:
                failed += 1
            if loaded():
                sys.exit(f"allocation {failed + survived}: the module left something behind")
    # The last attempt had no failing allocation.
    if not loaded():
        sys.exit(f"after {failed + survived} allocations the module still does not load")
    subprocess.run([UNLOAD, "60"], check=True)
    print("audit" if parameters else "load", failed)


def audit(path):
    load(path, b"audit=1")


def present(netns):
    """Routes and nexthop objects. What is lost, and in none of these lists, kmemleak finds."""
    lists = (("-6", "route", "show", "table", "all"), ("nexthop",))
    return [subprocess.run(["ip", "-n", netns, *what], check=True, capture_output=True, text=True).stdout
            for what in lists]


def expect_present(netns, want, what):
    got = present(netns)
    if got != want:
        sys.exit(f"{what}: there is {got}, want {want}")


def fail_each(netns, rtnetlink, name, new, flags, undo=None):
    """Each allocation of the request fails in turn. All is as before afterwards, when it is undone."""
    before, failed = present(netns), 0
    for error in attempts(lambda: rtnetlink.request(*new, flags)):
        if error not in (0, *NO_MEMORY):
            sys.exit(f"{name}: {os.strerror(error)}")
        failed += error != 0
        if undo:
            rtnetlink.request(*undo)
        expect_present(netns, before, f"{name}, allocation {failed}")
    print(f"{name} {failed}")


def create(netns, rtnetlink, name, new, delete):
    """new and delete are (type, body); delete undoes what new did."""
    before = present(netns)
    fail_each(netns, rtnetlink, name, new, netlink.CREATE, undo=delete)
    # The last attempt had no failing allocation.
    for again in True, False:
        if present(netns) == before:
            sys.exit(f"{name}: it is not there")
        rtnetlink.request(*delete)
        expect_present(netns, before, name)
        if again:
            rtnetlink.request(*new, netlink.CREATE)


def replace(netns, rtnetlink, new, delete):
    """By itself: there is one before and after, whether it has failed or not."""
    before = present(netns)
    rtnetlink.request(*new, netlink.CREATE)
    fail_each(netns, rtnetlink, "replace", new, netlink.CREATE | netlink.REPLACE)
    rtnetlink.request(*delete)
    expect_present(netns, before, "replace")


def routes(netns):
    only_below(*text_of("rtnetlink_rcv_msg"))
    rtnetlink = netlink.Rtnetlink(netns)
    device = socket.if_nametoindex("core")
    new = netlink.RTM_NEWROUTE, netlink.route(SID, *netlink.route_encap(TABLE, device))
    delete = netlink.RTM_DELROUTE, netlink.route(SID)
    create(netns, rtnetlink, "route", new, delete)
    replace(netns, rtnetlink, new, delete)

    create(netns, rtnetlink, "nexthop",
           (netlink.RTM_NEWNEXTHOP, netlink.nexthop(NEXTHOP, *netlink.nexthop_encap(TABLE, device))),
           (netlink.RTM_DELNEXTHOP, netlink.nexthop(NEXTHOP)))


{"load": load, "audit": audit, "routes": routes}[sys.argv[1]](sys.argv[2])

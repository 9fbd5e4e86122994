# SPDX-License-Identifier: GPL-2.0
"""fault_injection.py load MODULE.ko | routes NETNS: lets every allocation of what it does fail in turn.

Prints "NAME COUNT", how many allocations failed, or stops at what should not be."""

import ctypes
import errno
import os
import socket
import subprocess
import sys
import time

import netlink
from faults import attempts, only_below, text_of

MODULE = "seg6_end_dt4"
ROUTES = f"/sys/kernel/debug/{MODULE}/routes"
UNLOAD = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../scripts/unload.sh")
NO_MEMORY = (errno.ENOMEM, errno.ENOBUFS)
SID, TABLE, NEXTHOP = "fc00:2::fa17", 100, 4242

libc = ctypes.CDLL(None, use_errno=True)
SYS_FINIT_MODULE = 313


def finit_module(file):
    return 0 if libc.syscall(SYS_FINIT_MODULE, file.fileno(), b"", 0) == 0 else ctypes.get_errno()


def loaded():
    return any(os.path.exists(path) for path in (f"/sys/module/{MODULE}", f"/sys/kernel/livepatch/{MODULE}",
                                                 f"/sys/kernel/debug/{MODULE}"))


def load(path):
    """An initialisation that fails leaves nothing behind; one that does without the memory works."""
    only_below(*text_of("do_one_initcall"))
    failed = survived = 0
    with open(path, "rb") as file:
        for error in attempts(lambda: finit_module(file)):
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
    print(f"load {failed}")


def live():
    with open(ROUTES) as file:
        return int(dict(line.split() for line in file)["live"])


def expect_live(want, what):
    for _ in range(100):
        if live() == want:
            return
        time.sleep(0.1)  # the last references go after a grace period
    sys.exit(f"{what}: {live()} routes live, want {want}")


def fail_each(rtnetlink, name, new, flags, undo=None):
    """Each allocation of the request fails in turn. There are as many routes afterwards, when it is undone."""
    before, failed = live(), 0
    for error in attempts(lambda: rtnetlink.request(*new, flags)):
        if error not in (0, *NO_MEMORY):
            sys.exit(f"{name}: {os.strerror(error)}")
        failed += error != 0
        if undo:
            rtnetlink.request(*undo)
        expect_live(before, f"{name}, allocation {failed}")
    print(f"{name} {failed}")


def create(rtnetlink, name, new, delete):
    """new and delete are (type, body); delete undoes what new did."""
    before = live()
    fail_each(rtnetlink, name, new, netlink.CREATE, undo=delete)
    # The last attempt had no failing allocation.
    expect_live(before + 1, name)
    rtnetlink.request(*delete)
    expect_live(before, name)


def replace(rtnetlink, new, delete):
    """By itself: while both exist there is one more, and none when it has failed."""
    before = live()
    rtnetlink.request(*new, netlink.CREATE)
    expect_live(before + 1, "replace")
    fail_each(rtnetlink, "replace", new, netlink.CREATE | netlink.REPLACE)
    rtnetlink.request(*delete)
    expect_live(before, "replace")


def routes(netns):
    only_below(*text_of("rtnetlink_rcv_msg"))
    rtnetlink = netlink.Rtnetlink(netns)
    device = socket.if_nametoindex("core")
    new = netlink.RTM_NEWROUTE, netlink.route(SID, *netlink.route_encap(TABLE, device))
    delete = netlink.RTM_DELROUTE, netlink.route(SID)
    create(rtnetlink, "route", new, delete)
    replace(rtnetlink, new, delete)

    create(rtnetlink, "nexthop",
           (netlink.RTM_NEWNEXTHOP, netlink.nexthop(NEXTHOP, *netlink.nexthop_encap(TABLE, device))),
           (netlink.RTM_DELNEXTHOP, netlink.nexthop(NEXTHOP)))


{"load": load, "routes": routes}[sys.argv[1]](sys.argv[2])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sends numbered packets as fast as they arrive, until SIGTERM, and tells what was lost, duplicated or reordered.

    seqflow.py SENDER_NS RECEIVER_NS DESTINATION[,DESTINATION...] [CPU...]

As many flows of UDP as there are destinations or CPUs given, whichever are more. Their senders stay on the CPUs, in
turn; with veth that is where their packets are forwarded. Prints "all flow" when packets of each have arrived, and at the
end for each one line "sent N received N lost N duplicated N reordered N". The sender keeps at most WINDOW packets under
way, less than any queue holds: what is lost, somebody dropped.
"""

import mmap
import os
import signal
import socket
import struct
import sys
import time

from netns import enter

PORT, SIZE, WINDOW = 4300, 64, 200
# In seconds. In a pause the receiver has the CPU.
STALL, DRAIN, PAUSE = 1.0, 2.0, 0.001
NUMBER = struct.Struct("!Q")


class Shared:
    """A number that processes share: eight octets, written at once."""

    def __init__(self):
        self.memory = memoryview(mmap.mmap(-1, 8)).cast("Q")

    def get(self):
        return self.memory[0]

    def set(self, value):
        self.memory[0] = value


# When all are ready to, and on SIGTERM.
START, STOP = Shared(), Shared()


def in_netns(name, destination):
    enter(name)
    return socket.socket(socket.AF_INET6 if ":" in destination else socket.AF_INET, socket.SOCK_DGRAM)


def send(out, highest):
    """Numbers start at 1. A window that is lost altogether must not end the flow. It sends in any case: by the number of
    packets the receiver knows that it has ended."""
    number, padding = 0, bytes(SIZE - NUMBER.size)
    while number == 0 or not STOP.get():
        patience = time.monotonic() + STALL
        while number - highest.get() >= WINDOW and time.monotonic() < patience:
            time.sleep(PAUSE)
        for _ in range(16):
            number += 1
            out.send(NUMBER.pack(number) + padding)
    return number


def receive(arrivals, sent, highest):
    """Until nothing has come for a while after the end of the sender."""
    seen = received = lost = duplicated = reordered = 0
    missing = set()
    while True:
        try:
            data = arrivals.recv(SIZE)
        except TimeoutError:
            if sent.get():
                break
            continue
        (number,) = NUMBER.unpack_from(data)
        received += 1
        if number == seen + 1:
            seen = number
        elif number > seen:
            missing.update(range(seen + 1, number))
            seen = number
        elif number in missing:
            missing.remove(number)
            reordered += 1
        else:
            duplicated += 1
        highest.set(seen)
    lost = len(missing) + sent.get() - seen
    print(f"sent {sent.get()} received {received} lost {lost} duplicated {duplicated} reordered {reordered}", flush=True)


def child(function):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        function()
        os._exit(0)
    return pid


def start_flow(index, cpu, sender, receiver, destination):
    """Its two processes, the two flags that they set when ready, and the highest number that came."""
    ready, sent, highest = [Shared(), Shared()], Shared(), Shared()

    def run_receiver():
        arrivals = in_netns(receiver, destination)
        # SO_RCVBUFFORCE: twice what a full window occupies.
        arrivals.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)
        arrivals.settimeout(DRAIN)
        arrivals.bind(("", PORT + index))
        ready[0].set(1)
        receive(arrivals, sent, highest)

    def run_sender():
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})
        out = in_netns(sender, destination)
        out.connect((destination, PORT + index))
        ready[1].set(1)
        while not START.get():
            time.sleep(0.01)
        sent.set(send(out, highest))

    return [child(run_receiver), child(run_sender)], ready, highest


def main(sender, receiver, destinations, *cpus):
    signal.signal(signal.SIGTERM, lambda *_: STOP.set(1))
    children, ready, highest = [], [], []
    cpus, destinations = cpus or [None], destinations.split(",")
    for index in range(max(len(cpus), len(destinations))):
        cpu, destination = cpus[index % len(cpus)], destinations[index % len(destinations)]
        pids, flags, number = start_flow(index, cpu and int(cpu), sender, receiver, destination)
        children += pids
        ready += flags
        highest.append(number)
    # The first flow would leave the last one no CPU to start with.
    while not all(each.get() for each in ready):
        time.sleep(0.1)
    START.set(1)
    while not STOP.get() and not all(number.get() for number in highest):
        time.sleep(0.1)
    if not STOP.get():
        print("all flow", flush=True)
    for pid in children:
        os.waitpid(pid, 0)


main(*sys.argv[1:])

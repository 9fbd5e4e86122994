// SPDX-License-Identifier: GPL-2.0

//! The rules against the model. The first octets say what is linear at first, what more there is
//! each time than was asked for, and the outer ECN field; the others are the packet.

#![no_main]

use host::compare;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [linear, surplus, ecn, packet @ ..] = input else {
        return;
    };
    compare::outer_headers(packet, 2 * usize::from(*linear), (*surplus).into());

    if let Some((destination, header)) = packet.split_first_chunk() {
        compare::segment_routing_header(header, destination);
    }

    compare::inner_header(packet);
    // It has no model but the kernel, with which the selftests compare it.
    host::rules::options::check(packet);
    compare::congestion(ecn & 3, (ecn >> 2) & 3);
});

// SPDX-License-Identifier: GPL-2.0

//! The rules against the model. The first octets say what is linear at first, what more there is
//! each time than was asked for, and the outer ECN field; the others are the packet.

#![no_main]

use host::{compare, rules::hop_by_hop::Limits};
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
    let limits = Limits {
        len: 8 * usize::from(*surplus),
        number: (*ecn as i8).into(),
    };
    compare::inner_ipv6_header(packet, limits);
    // It has no model but the kernel, with which the selftests compare it.
    host::rules::options::check(packet);
    compare::congestion(ecn & 3, (ecn >> 2) & 3);
});

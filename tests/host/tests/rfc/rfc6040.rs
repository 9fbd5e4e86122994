// SPDX-License-Identifier: GPL-2.0

//! Congestion notification.

use host::{
    packet::*,
    rules::{
        ecn::{
            decapsulate,
            Action::{self, *},
            *,
        },
        ipv6,
    },
};

#[test]
fn section_4_2_all_combinations() {
    #[rustfmt::skip]
    let table: [(u8, u8, Action); 16] = [
        // Inner,  outer.
        (NOT_ECT, NOT_ECT, Keep),
        (NOT_ECT, ECT_0,   Keep),
        (NOT_ECT, ECT_1,   Keep),
        (NOT_ECT, CE,      Drop),
        (ECT_0,   NOT_ECT, Keep),
        (ECT_0,   ECT_0,   Keep),
        (ECT_0,   ECT_1,   Set(ECT_1)),
        (ECT_0,   CE,      Set(CE)),
        (ECT_1,   NOT_ECT, Keep),
        (ECT_1,   ECT_0,   Keep),
        (ECT_1,   ECT_1,   Keep),
        (ECT_1,   CE,      Set(CE)),
        (CE,      NOT_ECT, Keep),
        (CE,      ECT_0,   Keep),
        (CE,      ECT_1,   Keep),
        (CE,      CE,      Keep),
    ];
    for (inner, outer, action) in table {
        assert_eq!(decapsulate(outer, inner), action, "{inner:02b} {outer:02b}");
        host::compare::congestion(outer, inner);
    }
}

#[test]
fn rfc3168_section_5_codepoints() {
    assert_eq!([NOT_ECT, ECT_1, ECT_0, CE], [0, 1, 2, 3]);
}

/// RFC 3168 §5, RFC 8200 §7: the last two bits of the traffic class, which follows the four bits
/// of the version.
#[test]
fn rfc8200_section_7_the_outer_field() {
    let mut packet = ipv4_packet(&[]);
    for class in 0..=255u8 {
        for around in [0, 0xf] {
            packet[0] = 0x60 | (class >> 4);
            packet[1] = (class << 4) | around;
            assert_eq!(ipv6::ecn(ipv6::ecn_octet(&packet)), class & 3);
        }
    }
}

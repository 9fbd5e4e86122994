// SPDX-License-Identifier: GPL-2.0

//! The header of an inner IPv6 packet, and addresses that none may have.

use host::{
    packet::packet,
    rules::inner_ipv6::{validate, Ipv6Header, Refusal},
};
use std::net::Ipv6Addr;

/// What is said of a packet from one address to another.
fn judge(source: &str, destination: &str) -> Result<(), Refusal> {
    let mut packet = packet(&[], 59, &[]);
    packet[8..24].copy_from_slice(&source.parse::<Ipv6Addr>().unwrap().octets());
    packet[24..40].copy_from_slice(&destination.parse::<Ipv6Addr>().unwrap().octets());
    validate(&packet).map(|_| ())
}

#[test]
fn rfc8200_section_3_the_header() {
    for version in 0..=15 {
        let mut packet = packet(&[], 17, &[0; 8]);
        packet[0] = version << 4;
        assert_eq!(validate(&packet).is_ok(), version == 6, "{version}");
    }
    let mut packet = packet(&[], 17, &[0; 300]);
    packet[1] = 0x2f;
    let expected = Ipv6Header {
        total_len: 340,
        ecn: 0b10,
    };
    assert_eq!(validate(&packet), Ok(expected));
    assert_eq!(validate(&packet[..39]), Err(Refusal::NeedMore(40)));
}

#[test]
fn section_2_5_3_loopback_stays_within_a_node() {
    assert_eq!(judge("::1", "2001:db8::1"), Err(Refusal::Address));
    assert_eq!(judge("2001:db8::1", "::1"), Err(Refusal::Address));
    assert_eq!(judge("::2", "::2"), Ok(()));
}

#[test]
fn section_2_7_groups_send_nothing_and_have_a_scope() {
    assert_eq!(judge("ff02::1", "2001:db8::1"), Err(Refusal::Address));
    for scope in ["ff00::1", "ff01::1", "fff1::1"] {
        assert_eq!(judge("2001:db8::1", scope), Err(Refusal::Address));
    }
    for scope in ["ff02::1", "ff0e::1"] {
        assert_eq!(judge("2001:db8::1", scope), Ok(()));
    }
}

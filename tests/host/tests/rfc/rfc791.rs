// SPDX-License-Identifier: GPL-2.0

//! The inner header.

use host::{packet::ipv4_header, rules::ipv4::Ipv4Header};

/// The header of a packet that begins with these four octets.
fn parse(first: [u8; 4]) -> Option<Ipv4Header> {
    let mut fixed = [0xff; 20];
    fixed[..4].copy_from_slice(&first);
    Ipv4Header::parse(&fixed)
}

#[test]
fn section_3_1_version_is_4() {
    for version in 0..=15 {
        let header = parse([(version << 4) | 5, 0, 0, 20]);
        assert_eq!(header.is_some(), version == 4, "{version}");
    }
}

#[test]
fn section_3_1_ihl_is_at_least_five_words() {
    for ihl in 0..=4 {
        assert_eq!(parse([0x40 | ihl, 0, 0, 20]), None, "{ihl}");
    }
    for ihl in 5..=15 {
        let header = parse([0x40 | ihl, 0, 0, 60]).unwrap();
        assert_eq!(header.header_len, usize::from(ihl) * 4);
    }
}

#[test]
fn section_3_1_total_length() {
    for total_len in [0, 20, 255, 256, 1500, 65535] {
        let [high, low] = (total_len as u16).to_be_bytes();
        assert_eq!(parse([0x45, 0, high, low]).unwrap().total_len, total_len);
    }
}

#[test]
fn rfc3168_section_5_ecn_is_the_last_two_bits_of_tos() {
    for tos in 0..=255 {
        assert_eq!(parse([0x45, tos, 0, 20]).unwrap().ecn, tos & 3);
    }
}

#[test]
fn section_3_1_options() {
    // Record route, as it leaves the sender, and the end of options.
    let packet = ipv4_header(&[7, 7, 4, 0, 0, 0, 0, 0]);
    let expected = Ipv4Header {
        header_len: 28,
        total_len: 28,
        ecn: 0,
    };
    assert_eq!(
        Ipv4Header::parse(packet.first_chunk().unwrap()),
        Some(expected)
    );
}

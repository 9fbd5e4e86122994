// SPDX-License-Identifier: GPL-2.0

//! The checksum of the inner header.

use host::{packet::ipv4_header, rules::ipv4::checksum_is_right};

/// A header that is printed in many textbooks; its checksum is 0xb861.
const EXAMPLE: [u8; 20] = [
    0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01,
    0xc0, 0xa8, 0x00, 0xc7,
];

#[test]
fn section_1_a_right_checksum() {
    assert!(checksum_is_right(&EXAMPLE));
    for options in 0..=10 {
        assert!(checksum_is_right(&ipv4_header(&vec![0xfe; 4 * options])));
    }
}

#[test]
fn section_1_every_bit_counts() {
    for bit in 0..8 * EXAMPLE.len() {
        let mut header = EXAMPLE;
        header[bit / 8] ^= 1 << (bit % 8);
        assert!(!checksum_is_right(&header), "{bit}");
    }
}

#[test]
fn section_1_options_count() {
    let mut header = ipv4_header(&[7, 7, 4, 0, 0, 0, 0, 0]);
    assert!(checksum_is_right(&header));
    assert!(!checksum_is_right(&header[..20]));
    header[27] = 1;
    assert!(!checksum_is_right(&header));
}

#[test]
fn section_1_carries_go_round() {
    // Words of all ones are zero in ones' complement; the longest header has the most carries.
    assert!(checksum_is_right(&[0xff; 60]));
    let mut header = [0xff; 60];
    header[59] = 0xfe;
    assert!(!checksum_is_right(&header));
    header[57] = 0x00;
    header[59] = 0xff;
    assert!(!checksum_is_right(&header));
    // A carry out of the sum of the folded halves.
    let mut header = [0; 20];
    header[..8].copy_from_slice(&[0x80, 0x00, 0x80, 0x00, 0xff, 0xfe, 0, 0]);
    assert!(checksum_is_right(&header));
    // A header has 20 octets at least.
    assert!(!checksum_is_right(&header[..16]));
    assert!(!checksum_is_right(&[]));
}

#[test]
fn rfc791_section_3_1_headers_are_whole_words() {
    let header = ipv4_header(&[0xff; 4]);
    for len in 21..24 {
        assert!(!checksum_is_right(&header[..len]), "{len}");
    }
}

// SPDX-License-Identifier: GPL-2.0

//! The inner header.

use host::{
    packet::ipv4_header,
    rules::{
        inner::{self, Length},
        ipv4::{validate, Ipv4Header, Refusal},
    },
};

/// What is said of a header that begins with these four octets and is otherwise in order.
fn parse(first: [u8; 4]) -> Result<Ipv4Header, Refusal> {
    let ihl = usize::from(first[0] & 0xf);
    let mut header = ipv4_header(&vec![0; 4 * ihl.saturating_sub(5)]);
    header[..4].copy_from_slice(&first);
    set_checksum(&mut header);
    validate(&header)
}

fn set_checksum(header: &mut [u8]) {
    header[10..12].fill(0);
    let checksum = !host::model::ipv4::sum(header);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
}

#[test]
fn section_3_1_version_is_4() {
    for version in 0..=15 {
        let header = parse([(version << 4) | 5, 0, 0, 20]);
        assert_eq!(header.is_ok(), version == 4, "{version}");
    }
}

#[test]
fn section_3_1_ihl_is_at_least_five_words() {
    for ihl in 0..=4 {
        let header = parse([0x40 | ihl, 0, 0, 20]);
        assert_eq!(header, Err(Refusal::Malformed), "{ihl}");
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
    assert_eq!(validate(&packet), Ok(expected));
}

#[test]
fn section_3_1_all_of_the_header_is_asked_for() {
    let packet = ipv4_header(&[1; 40]);
    for len in 0..20 {
        assert_eq!(validate(&packet[..len]), Err(Refusal::NeedMore(20)));
    }
    for len in 20..60 {
        assert_eq!(validate(&packet[..len]), Err(Refusal::NeedMore(60)));
    }
    assert!(validate(&packet).is_ok());
}

#[test]
fn section_3_1_the_checksum_is_right() {
    let mut packet = ipv4_header(&[]);
    packet[8] ^= 1;
    assert_eq!(validate(&packet), Err(Refusal::Checksum));
}

/// Total Length, with a buffer that is as long, longer, and shorter; and what GRO makes of it.
#[test]
fn section_3_1_total_length_and_the_buffer() {
    let mut buffer = ipv4_header(&[]);
    let check = |buffer: &[u8], is_aggregate| {
        inner::check_ipv4(buffer, buffer.len(), || is_aggregate).map(|inner| inner.len)
    };
    assert_eq!(check(&buffer, false), Ok(Length::Whole));
    assert_eq!(check(&buffer[..19], false), Err(inner::Refusal::Truncated));
    buffer.resize(46, 0);
    assert_eq!(check(&buffer, false), Ok(Length::Padded(20)));

    for (total_len, is_aggregate, expected) in [
        (47, false, Err(inner::Refusal::Truncated)),
        (19, true, Err(inner::Refusal::Malformed)),
        (0, false, Err(inner::Refusal::Malformed)),
        (0, true, Ok(Length::Oversized)),
    ] {
        buffer[2..4].copy_from_slice(&u16::to_be_bytes(total_len));
        set_checksum(&mut buffer[..20]);
        assert_eq!(check(&buffer, is_aggregate), expected, "{total_len}");
    }
}

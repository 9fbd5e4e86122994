// SPDX-License-Identifier: GPL-2.0

//! The segment routing header.

use super::{payload, walk};
use host::{
    packet::*,
    rules::{
        hmac,
        ipv6::{Objection, Refusal, SegmentRoutingHeader},
        srh::Srh,
    },
};

const HMAC: [u8; 40] = {
    let mut tlv = [0xaa; 40];
    tlv[0] = 5;
    tlv[1] = 38;
    tlv
};

fn is_in_order(header: &[u8]) -> bool {
    Srh::parse(header).is_some()
}

/// Whether a header with these TLVs is in order.
fn with_tlvs(tlvs: &[u8]) -> bool {
    let header = srh(0, 1, tlvs).octets;
    let srh = Srh::parse(&header);
    assert!(srh.is_none_or(|srh| srh.tlvs() == tlvs));
    srh.is_some()
}

#[test]
fn section_2_segments_and_nothing_else() {
    for last_entry in [0, 1, 2, 126] {
        let header = srh(0, last_entry, &[]).octets;
        let srh = Srh::parse(&header).unwrap();
        assert_eq!(srh.current_segment(), Some(&SEGMENT));
        assert_eq!(srh.tlvs(), &[]);
    }
}

#[test]
fn section_2_all_of_the_header_is_there() {
    let header = srh(0, 1, &[]).octets;
    for len in 0..header.len() {
        assert!(!is_in_order(&header[..len]));
    }
    for length in 5..=255 {
        let mut header = header.clone();
        header[1] = length;
        assert!(!is_in_order(&header), "{length}");
    }
    // What is behind it does not belong to it.
    let packet = [&header[..], &[255; 20]].concat();
    assert_eq!(Srh::parse(&packet), Srh::parse(&header));
}

#[test]
fn section_2_last_entry_is_in_the_header() {
    let mut header = srh(0, 2, &[]).octets;
    for last_entry in 3..=255 {
        header[4] = last_entry;
        assert!(!is_in_order(&header), "{last_entry}");
    }
    // A header of eight octets has room for no segment at all.
    assert!(!is_in_order(&routing(4, 0, 0).octets));
    // Half a segment is none.
    assert!(!is_in_order(&routing(4, 0, 1).octets));
    assert!(is_in_order(&routing(4, 0, 2).octets));
}

#[test]
fn section_2_what_is_behind_last_entry_is_tlvs() {
    let mut header = srh(0, 2, &[]).octets;
    header[4] = 1;
    // fc00::1 is a TLV of type 252 and length 0, and many times Pad1 until the last octet, which
    // is a type without a length.
    assert!(!is_in_order(&header));
    *header.last_mut().unwrap() = 0;
    assert!(is_in_order(&header));
}

#[test]
fn section_2_flags_and_tag_say_nothing() {
    let mut header = srh(0, 1, &[]).octets;
    header[5..8].fill(0xff);
    assert!(is_in_order(&header));
}

#[test]
fn section_2_1_unknown_tlvs_are_skipped_by_length() {
    for kind in [1, 2, 3, 6, 127, 128, 255] {
        assert!(with_tlvs(&[kind, 6, 1, 2, 3, 4, 5, 6]));
        assert!(with_tlvs(&[kind, 0, kind, 4, 1, 2, 3, 4]));
    }
}

#[test]
fn section_2_1_tlvs_end_where_the_header_ends() {
    for length in 0..=255 {
        let mut tlvs = [0; 16];
        tlvs[..2].copy_from_slice(&[255, length]);
        assert_eq!(with_tlvs(&tlvs), length <= 14, "{length}");
    }
}

#[test]
fn section_2_1_the_last_octet_is_not_a_type() {
    assert!(with_tlvs(&[255, 5, 1, 2, 3, 4, 5, 0]));
    assert!(!with_tlvs(&[255, 5, 1, 2, 3, 4, 5, 4]));
}

#[test]
fn section_2_1_1_1_pad1_has_no_length() {
    assert!(with_tlvs(&[0; 8]));
    assert!(with_tlvs(&[0, 255, 5, 1, 2, 3, 4, 5]));
    assert!(with_tlvs(&[0, 0, 0, 0, 0, 0, 255, 0]));
    assert!(!with_tlvs(&[0, 0, 0, 0, 0, 0, 255, 1]));
}

#[test]
fn section_2_1_1_2_padn_is_skipped_by_length() {
    assert!(with_tlvs(&[4, 5, 0, 0, 0, 0, 0, 0]));
    assert!(with_tlvs(&[4, 0, 4, 0, 4, 0, 4, 0]));
    assert!(!with_tlvs(&[4, 7, 0, 0, 0, 0, 0, 0]));
}

#[test]
fn section_2_1_2_hmac_is_skipped_by_length() {
    let mut tlvs = HMAC;
    assert!(with_tlvs(&tlvs));
    tlvs[1] = 39;
    assert!(!with_tlvs(&tlvs));
}

#[test]
fn section_2_1_2_hmac_is_where_the_kernel_looks_for_it() {
    let is_present = |header: Extension| hmac::is_present(&Srh::parse(&header.octets).unwrap());
    let padded = [&HMAC[..], &[4, 6, 0, 0, 0, 0, 0, 0]].concat();
    let mut of_another_type = HMAC;
    of_another_type[0] = 6;
    assert!(is_present(signed(srh(0, 0, &HMAC))));
    assert!(is_present(signed(srh(
        0,
        3,
        &[&[0; 8][..], &HMAC].concat()
    ))));
    assert!(!is_present(srh(0, 0, &HMAC)));
    assert!(!is_present(signed(srh(0, 0, &[]))));
    assert!(!is_present(signed(srh(0, 0, &padded))));
    assert!(!is_present(signed(srh(0, 0, &of_another_type))));
}

/// Whether the HMAC of a header covers a packet to `destination`.
fn covers(header: &Extension, destination: &[u8; 16]) -> bool {
    hmac::covers(&Srh::parse(&header.octets).unwrap(), destination)
}

#[test]
fn section_2_1_2_1_the_current_segment_is_the_destination() {
    let others = [[0xfc00, 0, 0, 0, 0, 0, 0, 2], [0xfc00, 0, 0, 0, 0, 0, 1, 0]];
    let header = srh(0, 0, &HMAC);
    assert!(covers(&header, &SEGMENT));
    for other in others.map(address) {
        assert!(!covers(&header, &other));
    }
    // It is the one that Segments Left says, not any in the list.
    let [other, _] = others;
    let header = |segments_left| with_segment(srh(segments_left, 1, &HMAC), other);
    assert!(covers(&header(0), &address(other)));
    assert!(!covers(&header(0), &SEGMENT));
    assert!(covers(&header(1), &SEGMENT));
    assert!(!covers(&header(1), &address(other)));
    // The first segment of a reduced header is in the destination address only.
    assert!(!covers(&header(2), &SEGMENT));
}

#[test]
fn section_4_3_1_1_no_segments_left_means_proceed() {
    // Hdr Ext Len 0, half a segment, and one.
    for length in 0..=2 {
        let header = routing(4, 0, length);
        let end = 40 + header.octets.len();
        assert_eq!(payload(&[header]), Ok(end));
    }
    for last_entry in 0..=255 {
        let mut header = srh(0, 1, &[]);
        header.octets[4] = last_entry;
        assert_eq!(payload(&[header]), Ok(40 + 40), "{last_entry}");
    }
    let broken = [255, 255, 255, 255, 255, 255, 255, 255];
    assert_eq!(payload(&[srh(0, 0, &broken)]), Ok(40 + 32));
    assert_eq!(
        payload(&[srh(0, 0, &[]), srh(0, 0, &broken)]),
        Ok(40 + 24 + 32)
    );
}

#[test]
fn section_4_3_1_1_segments_left_count_whatever_else_is_said() {
    let refused = |mut header: Extension, segments_left| {
        header.octets[3] = segments_left;
        let objection = Objection {
            pointer: 40 + 3,
            srh: Some(SegmentRoutingHeader {
                offset: 40,
                has_hmac_flag: false,
            }),
        };
        assert_eq!(payload(&[header]), Err(Refusal::SegmentsLeft(objection)));
    };
    for segments_left in 1..=255 {
        refused(srh(0, 0, &[]), segments_left);
        refused(srh(0, 0, &[255; 8]), segments_left);
        refused(routing(4, 0, 0), segments_left);
        for last_entry in [2, 255] {
            let mut header = srh(0, 1, &[]);
            header.octets[4] = last_entry;
            refused(header, segments_left);
        }
    }
}

#[test]
fn section_2_the_walk_finds_the_first_header() {
    for is_first_signed in [false, true] {
        let (first, second) = match is_first_signed {
            true => (signed(srh(0, 0, &[])), srh(0, 1, &[])),
            false => (srh(0, 0, &[]), signed(srh(0, 1, &[]))),
        };
        let packet = ipv4_packet(&[options(HOP_BY_HOP, 0), routing(2, 0, 0), first, second]);
        let expected = SegmentRoutingHeader {
            offset: 40 + 8 + 8,
            has_hmac_flag: is_first_signed,
        };
        assert_eq!(walk(&packet).unwrap().srh, Some(expected));
    }
}

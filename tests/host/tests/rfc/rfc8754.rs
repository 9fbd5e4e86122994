// SPDX-License-Identifier: GPL-2.0

//! The segment routing header.

use super::{payload, walk};
use host::{
    packet::*,
    rules::{
        ipv6::{Refusal, SegmentRoutingHeader},
        srh::{validate, Valid},
    },
};

const VALID: Option<Valid> = Some(Valid { has_tlvs: false });
const VALID_WITH_TLVS: Option<Valid> = Some(Valid { has_tlvs: true });

/// Whether a header with these TLVs is valid.
fn with_tlvs(tlvs: &[u8]) -> Option<Valid> {
    validate(&srh(0, 1, tlvs).octets)
}

#[test]
fn section_2_segments_and_nothing_else() {
    for last_entry in [0, 1, 2, 126] {
        assert_eq!(validate(&srh(0, last_entry, &[]).octets), VALID);
    }
}

#[test]
fn section_2_the_length_is_that_of_the_header() {
    let header = srh(0, 1, &[]).octets;
    for len in (0..header.len()).filter(|&len| len != 8) {
        assert_eq!(validate(&header[..len]), None);
    }
    for length in (0..=255).filter(|&length| length != 4) {
        let mut header = header.clone();
        header[1] = length;
        assert_eq!(validate(&header), None, "{length}");
    }
}

#[test]
fn section_2_last_entry_is_in_the_header() {
    let mut header = srh(0, 2, &[]).octets;
    for last_entry in 3..=255 {
        header[4] = last_entry;
        assert_eq!(validate(&header), None, "{last_entry}");
    }
    // A header of eight octets has room for no segment at all.
    assert_eq!(validate(&routing(4, 0, 0).octets), None);
    // Half a segment is none.
    assert_eq!(validate(&routing(4, 0, 1).octets), None);
    assert_eq!(validate(&routing(4, 0, 2).octets), VALID);
}

#[test]
fn section_2_what_is_behind_last_entry_is_tlvs() {
    let mut header = srh(0, 2, &[]).octets;
    header[4] = 1;
    // fc00::1 is a TLV of type 252 and length 0, and many times Pad1 until the last octet, which
    // is a type without a length.
    assert_eq!(validate(&header), None);
    *header.last_mut().unwrap() = 0;
    assert_eq!(validate(&header), VALID_WITH_TLVS);
}

#[test]
fn section_2_flags_and_tag_say_nothing() {
    let mut header = srh(0, 1, &[]).octets;
    header[5..8].fill(0xff);
    assert_eq!(validate(&header), VALID);
}

#[test]
fn section_2_1_unknown_tlvs_are_skipped_by_length() {
    for kind in [1, 2, 3, 6, 127, 128, 255] {
        assert_eq!(with_tlvs(&[kind, 6, 1, 2, 3, 4, 5, 6]), VALID_WITH_TLVS);
        assert_eq!(with_tlvs(&[kind, 0, kind, 4, 1, 2, 3, 4]), VALID_WITH_TLVS);
    }
}

#[test]
fn section_2_1_tlvs_end_where_the_header_ends() {
    for length in 0..=255 {
        let mut tlvs = [0; 16];
        tlvs[..2].copy_from_slice(&[255, length]);
        let expected = VALID_WITH_TLVS.filter(|_| length <= 14);
        assert_eq!(with_tlvs(&tlvs), expected, "{length}");
    }
}

#[test]
fn section_2_1_the_last_octet_is_not_a_type() {
    assert_eq!(with_tlvs(&[255, 5, 1, 2, 3, 4, 5, 0]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[255, 5, 1, 2, 3, 4, 5, 4]), None);
}

#[test]
fn section_2_1_1_1_pad1_has_no_length() {
    assert_eq!(with_tlvs(&[0; 8]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[0, 255, 5, 1, 2, 3, 4, 5]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[0, 0, 0, 0, 0, 0, 255, 0]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[0, 0, 0, 0, 0, 0, 255, 1]), None);
}

#[test]
fn section_2_1_1_2_padn_is_skipped_by_length() {
    assert_eq!(with_tlvs(&[4, 5, 0, 0, 0, 0, 0, 0]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[4, 0, 4, 0, 4, 0, 4, 0]), VALID_WITH_TLVS);
    assert_eq!(with_tlvs(&[4, 7, 0, 0, 0, 0, 0, 0]), None);
}

#[test]
fn section_2_1_2_hmac_is_skipped_by_length() {
    let mut tlvs = [0xaa; 40];
    tlvs[..2].copy_from_slice(&[5, 38]);
    assert_eq!(with_tlvs(&tlvs), VALID_WITH_TLVS);
    tlvs[1] = 39;
    assert_eq!(with_tlvs(&tlvs), None);
}

#[test]
fn section_4_1_1_a_reduced_header_starts_with_one_segment_more() {
    for last_entry in [0, 1, 5] {
        for segments_left in 0..=last_entry + 1 {
            let header = srh(segments_left, last_entry, &[]);
            assert_eq!(validate(&header.octets), VALID, "{segments_left}");
        }
    }
}

#[test]
fn section_4_3_1_1_no_more_segments_are_left_than_there_are() {
    for last_entry in [0, 1, 5] {
        for segments_left in last_entry + 2..=255 {
            let header = srh(segments_left, last_entry, &[]);
            assert_eq!(validate(&header.octets), None, "{segments_left}");
        }
    }
}

#[test]
fn section_2_the_walk_finds_the_first_header() {
    let tlvs = [255, 6, 1, 2, 3, 4, 5, 6];
    for (first, second) in [(&tlvs[..], &[][..]), (&[], &tlvs)] {
        let packet = ipv4_packet(&[
            options(HOP_BY_HOP, 0),
            routing(2, 0, 0),
            srh(0, 0, first),
            srh(0, 1, second),
        ]);
        let expected = SegmentRoutingHeader {
            offset: 40 + 8 + 8,
            has_tlvs: !first.is_empty(),
        };
        assert_eq!(walk(&packet).unwrap().srh, Some(expected));
    }
}

#[test]
fn section_2_the_walk_refuses_what_is_malformed_in_any_place() {
    let mut malformed = srh(0, 0, &[]);
    malformed.octets[4] = 1;
    assert_eq!(payload(&[malformed.clone()]), Err(Refusal::MalformedSrh));
    let second = [srh(0, 0, &[]), malformed];
    assert_eq!(payload(&second), Err(Refusal::MalformedSrh));
    // Malformed it says nothing, so nobody is told how many segments are left.
    assert_eq!(payload(&[srh(3, 0, &[])]), Err(Refusal::MalformedSrh));
}

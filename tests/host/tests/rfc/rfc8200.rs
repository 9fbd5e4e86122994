// SPDX-License-Identifier: GPL-2.0

//! IPv6.

use super::{payload, walk};
use host::{
    compare::TRUNCATED,
    packet::*,
    rules::ipv6::{
        self, Fragment, Objection, OuterHeaders, Refusal, UpperLayer, UpperLayers,
        MAX_EXTENSION_HEADERS,
    },
};

#[test]
fn section_3_ipv4_may_follow_at_once() {
    let expected = OuterHeaders {
        payload: 40,
        upper_layer: UpperLayer::Ipv4,
        srh: None,
    };
    assert_eq!(walk(&ipv4_packet(&[])), Ok(expected));
}

#[test]
fn section_3_a_packet_has_a_whole_header() {
    let packet = ipv4_packet(&[]);
    assert_eq!(walk(&packet[..39]), Err(TRUNCATED));
    assert_eq!(walk(&[]), Err(TRUNCATED));
    // The payload is not looked at, so it may be empty.
    assert!(walk(&packet[..40]).is_ok());
}

#[test]
fn section_3_more_of_the_header_may_be_to_come() {
    let packet = ipv4_packet(&[]);
    for linear in 0..40 {
        let answer = ipv6::walk(&packet[..linear], UpperLayers::IPV4);
        assert_eq!(answer, Err(Refusal::NeedMore(40)));
    }
    assert!(ipv6::walk(&packet[..40], UpperLayers::IPV4).is_ok());
}

#[test]
fn section_4_1_headers_come_in_any_order_and_number() {
    let headers = [
        options(HOP_BY_HOP, 0),
        options(DESTINATION_OPTIONS, 1),
        routing(2, 0, 2),
        fragment(0),
        authentication(4),
        options(DESTINATION_OPTIONS, 0),
    ];
    let lens = [8, 16, 24, 8, 24, 8];
    for rotation in 0..headers.len() {
        let mut headers = headers.clone();
        headers.rotate_left(rotation);
        assert_eq!(payload(&headers), Ok(40 + lens.iter().sum::<usize>()));
    }
}

#[test]
fn section_4_1_there_is_a_limit_to_their_number() {
    assert_eq!(MAX_EXTENSION_HEADERS, 12);
    let header = options(DESTINATION_OPTIONS, 0);
    assert_eq!(payload(&vec![header.clone(); 12]), Ok(40 + 12 * 8));
    for count in [13, 14, 50] {
        let answer = payload(&vec![header.clone(); count]);
        assert_eq!(answer, Err(Refusal::TooManyExtensionHeaders));
    }
}

#[test]
fn section_4_1_twelve_headers_may_be_as_long_as_headers_can_be() {
    let header = options(DESTINATION_OPTIONS, 255);
    assert_eq!(payload(&vec![header; 12]), Ok(40 + 12 * 2048));
}

#[test]
fn section_4_3_hop_by_hop_options_are_skipped_by_length() {
    assert_eq!(payload(&[options(HOP_BY_HOP, 0)]), Ok(48));
    assert_eq!(payload(&[options(HOP_BY_HOP, 255)]), Ok(40 + 2048));
}

#[test]
fn section_4_4_unknown_types_are_skipped_without_segments_left() {
    for routing_type in (0..=255).filter(|&t| t != 4) {
        assert_eq!(payload(&[routing(routing_type, 0, 2)]), Ok(64));
        let packet = ipv4_packet(&[routing(routing_type, 0, 2)]);
        assert_eq!(walk(&packet).unwrap().srh, None);
    }
}

#[test]
fn section_4_4_unknown_types_are_refused_with_segments_left() {
    for routing_type in (0..=255).filter(|&t| t != 4) {
        for segments_left in [1, 2, 255] {
            // The pointer is at the routing type.
            let objection = Objection {
                pointer: 40 + 8 + 2,
                srh: None,
            };
            let extensions = [
                options(DESTINATION_OPTIONS, 0),
                routing(routing_type, segments_left, 2),
            ];
            let answer = payload(&extensions);
            assert_eq!(answer, Err(Refusal::RoutingType(objection)));
        }
    }
}

#[test]
fn section_4_5_fragments_are_found() {
    let first = 0b1;
    let middle = (3 << 3) | 0b1;
    let last = 3 << 3;
    for field in [first, middle, last, 1 << 3, 1 << 15, 0xffff] {
        let alone = Fragment {
            header: 40,
            announced_at: 6,
            srh: None,
        };
        assert_eq!(payload(&[fragment(field)]), Err(Refusal::Fragment(alone)));

        let behind = Fragment {
            header: 40 + 8 + 16,
            announced_at: 40 + 8,
            srh: None,
        };
        let extensions = [
            options(HOP_BY_HOP, 0),
            options(DESTINATION_OPTIONS, 1),
            fragment(field),
        ];
        assert_eq!(payload(&extensions), Err(Refusal::Fragment(behind)));
    }
}

#[test]
fn section_4_5_the_fragment_header_has_no_length() {
    let mut header = fragment(0);
    header.octets[1] = 255;
    assert_eq!(payload(&[header]), Ok(48));
}

#[test]
fn section_4_6_destination_options_are_skipped_by_length() {
    assert_eq!(payload(&[options(DESTINATION_OPTIONS, 0)]), Ok(48));
    assert_eq!(payload(&[options(DESTINATION_OPTIONS, 3)]), Ok(72));
}

#[test]
fn section_4_every_header_is_whole() {
    let headers = [
        options(HOP_BY_HOP, 2),
        options(DESTINATION_OPTIONS, 2),
        routing(2, 0, 2),
        srh(0, 0, &[]),
        fragment(0),
        authentication(4),
    ];
    for header in headers {
        let end = 40 + header.octets.len();
        let packet = ipv4_packet(&[header]);
        assert!(walk(&packet[..end]).is_ok());
        for len in 40..end {
            assert_eq!(walk(&packet[..len]), Err(TRUNCATED), "{len}");
        }
    }
}

#[test]
fn section_4_all_of_a_header_is_asked_for() {
    let packet = ipv4_packet(&[options(DESTINATION_OPTIONS, 2)]);
    for linear in 42..64 {
        let answer = ipv6::walk(&packet[..linear], UpperLayers::IPV4);
        assert_eq!(answer, Err(Refusal::NeedMore(64)));
    }
    assert!(ipv6::walk(&packet[..64], UpperLayers::IPV4).is_ok());
}

#[test]
fn section_4_7_no_next_header_is_not_ipv4() {
    let objection = Objection {
        pointer: 40,
        srh: None,
    };
    let answer = walk(&packet(&[], 59, &[]));
    assert_eq!(answer, Err(Refusal::UpperLayer(objection)));
}

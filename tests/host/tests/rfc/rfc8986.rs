// SPDX-License-Identifier: GPL-2.0

//! SRv6 network programming: End.DT4, End.DT6 and End.DT46 are the end of the segment list, with IPv4,
//! IPv6 or any of the two in it.

use super::{payload, walk, walk_for};
use host::{
    packet::*,
    rules::ipv6::{Objection, Refusal, SegmentRoutingHeader, UpperLayer, UpperLayers},
};

const fn found(offset: usize) -> Option<SegmentRoutingHeader> {
    Some(SegmentRoutingHeader {
        offset,
        has_hmac_flag: false,
    })
}

#[test]
fn section_4_7_the_sid_is_the_last_segment() {
    assert_eq!(payload(&[srh(0, 1, &[])]), Ok(40 + 8 + 32));
    for segments_left in 1..=2 {
        let objection = Objection {
            pointer: 40 + 3,
            srh: found(40),
        };
        let answer = payload(&[srh(segments_left, 1, &[])]);
        assert_eq!(answer, Err(Refusal::SegmentsLeft(objection)));
    }
}

#[test]
fn section_4_7_in_every_segment_routing_header() {
    let objection = Objection {
        pointer: 40 + 24 + 3,
        srh: found(40),
    };
    let answer = payload(&[srh(0, 0, &[]), srh(1, 1, &[])]);
    assert_eq!(answer, Err(Refusal::SegmentsLeft(objection)));
}

#[test]
fn section_4_1_1_the_upper_layer_is_ipv4() {
    let extensions = [0, 43, 44, 51, 60];
    for protocol in (0..=255).filter(|p| *p != 4 && !extensions.contains(p)) {
        let objection = Objection {
            pointer: 40,
            srh: None,
        };
        let answer = walk(&packet(&[], protocol, &[0; 20]));
        assert_eq!(answer, Err(Refusal::UpperLayer(objection)), "{protocol}");

        let objection = Objection {
            pointer: 40 + 8 + 24,
            srh: found(48),
        };
        let extensions = [options(DESTINATION_OPTIONS, 0), srh(0, 0, &[])];
        let answer = walk(&packet(&extensions, protocol, &[0; 20]));
        assert_eq!(answer, Err(Refusal::UpperLayer(objection)), "{protocol}");
    }
}

#[test]
fn section_4_1_1_also_where_nothing_follows() {
    let objection = Objection {
        pointer: 40,
        srh: None,
    };
    let answer = walk(&packet(&[], 17, &[]));
    assert_eq!(answer, Err(Refusal::UpperLayer(objection)));
}

#[test]
fn sections_4_6_to_4_8_each_behaviour_takes_its_own() {
    let found = |packet: &[u8], wanted| walk_for(packet, wanted).map(|outer| outer.upper_layer);
    let objection = Refusal::UpperLayer(Objection {
        pointer: 40,
        srh: None,
    });
    let (ipv4, ipv6) = (ipv4_packet(&[]), ipv6_packet(&[]));
    assert_eq!(found(&ipv4, UpperLayers::IPV4), Ok(UpperLayer::Ipv4));
    assert_eq!(found(&ipv6, UpperLayers::IPV4), Err(objection));
    assert_eq!(found(&ipv4, UpperLayers::IPV6), Err(objection));
    assert_eq!(found(&ipv6, UpperLayers::IPV6), Ok(UpperLayer::Ipv6));
    assert_eq!(found(&ipv4, UpperLayers::BOTH), Ok(UpperLayer::Ipv4));
    assert_eq!(found(&ipv6, UpperLayers::BOTH), Ok(UpperLayer::Ipv6));
}

#[test]
fn section_4_6_behind_extension_headers() {
    for extensions in [
        vec![srh(0, 1, &[])],
        vec![options(DESTINATION_OPTIONS, 2), fragment(0)],
    ] {
        let packet = ipv6_packet(&extensions);
        let outer = walk_for(&packet, UpperLayers::IPV6).unwrap();
        assert_eq!(outer.payload, packet.len() - 40);
    }
}

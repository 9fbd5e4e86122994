// SPDX-License-Identifier: GPL-2.0

//! What has to hold for any octets; panics if it does not.

use crate::{
    model,
    rules::{
        ecn, hmac,
        hop_by_hop::{self, Limits},
        inner::{self, Inner},
        inner_ipv6, ipv4,
        ipv6::{self, OuterHeaders, Refusal, SegmentRoutingHeader, UpperLayers},
        srh::{self, Segment, Srh},
    },
};

/// What becomes of a packet that is shorter than the walk wants it to be.
pub const TRUNCATED: Refusal = Refusal::NeedMore(usize::MAX);

/// Walks as the module does: at first `linear` octets are at hand, and each time it asks for more
/// it gets them, with `surplus` octets on top.
pub fn walk(
    packet: &[u8],
    wanted: UpperLayers,
    linear: usize,
    surplus: usize,
) -> Result<OuterHeaders, Refusal> {
    let mut linear = linear.min(packet.len());
    loop {
        match ipv6::walk(&packet[..linear], wanted) {
            Err(Refusal::NeedMore(wanted)) => {
                assert!(wanted > linear, "has {linear} octets, wants {wanted}");
                if wanted > packet.len() {
                    return Err(TRUNCATED);
                }
                linear = (wanted + surplus).min(packet.len());
            }
            answer => return answer,
        }
    }
}

/// What the SIDs of the three behaviours are for.
const BEHAVIOURS: [UpperLayers; 3] = [UpperLayers::IPV4, UpperLayers::IPV6, UpperLayers::BOTH];

/// The walk agrees with the model for every behaviour, however much of the packet is linear at first,
/// and speaks of places that are in the packet.
pub fn outer_headers(packet: &[u8], linear: usize, surplus: usize) {
    for wanted in BEHAVIOURS {
        outer_headers_for(packet, wanted, linear, surplus);
    }
}

fn outer_headers_for(packet: &[u8], wanted: UpperLayers, linear: usize, surplus: usize) {
    let answer = walk(packet, wanted, packet.len(), 0);
    assert_eq!(answer, model::ipv6::judge(packet, wanted));
    assert_eq!(walk(packet, wanted, linear, surplus), answer);

    match answer {
        Ok(OuterHeaders { payload, srh, .. }) => {
            assert!((ipv6::HEADER_LEN..=packet.len()).contains(&payload));
            assert_eq!(ipv6::ecn(ipv6::ecn_octet(packet)), model::ipv6::ecn(packet));
            assert_eq!(ipv6::destination(packet).unwrap()[..], packet[24..40]);
            lies_before(srh, payload);
        }
        Err(Refusal::SegmentsLeft(objection)) => {
            assert_ne!(packet[objection.pointer], 0);
            assert!(objection.srh.is_some());
            lies_before(objection.srh, packet.len());
        }
        Err(Refusal::RoutingType(objection)) => {
            assert_ne!(packet[objection.pointer], srh::ROUTING_TYPE);
            lies_before(objection.srh, objection.pointer);
        }
        Err(Refusal::UpperLayer(objection)) => {
            assert!((ipv6::HEADER_LEN..=packet.len()).contains(&objection.pointer));
            lies_before(objection.srh, objection.pointer);
        }
        Err(_) => (),
    }
}

/// A segment routing header that was found lies behind the IPv6 header and before `end`.
fn lies_before(srh: Option<SegmentRoutingHeader>, end: usize) {
    if let Some(SegmentRoutingHeader { offset, .. }) = srh {
        assert!(offset >= ipv6::HEADER_LEN && offset + srh::FIXED_LEN <= end);
    }
}

/// What a segment routing header says, and whether its HMAC covers a packet to `destination`, agrees
/// with the model. Octets behind the header change nothing.
pub fn segment_routing_header(octets: &[u8], destination: &Segment) {
    let srh = Srh::parse(octets);
    let model = model::srh::parse(octets);
    assert_eq!(srh.is_some(), model.is_some());
    let (Some(srh), Some(model)) = (srh, model) else {
        return;
    };
    assert_eq!(srh.tlvs(), model.tlvs);
    assert_eq!(
        srh.current_segment().map(|segment| segment.to_vec()),
        model.segments.get(model.segments_left).cloned()
    );
    assert_eq!(hmac::is_present(&srh), model::hmac::is_present(&model));
    assert_eq!(
        hmac::covers(&srh, destination),
        model::hmac::covers(&model, destination)
    );
}

/// The checks of an IPv4 header agree with the model, however much of it is linear.
pub fn inner_header(packet: &[u8]) {
    if packet.iter().any(|octet| *octet != 0) {
        assert_eq!(
            ipv4::checksum_is_right(packet),
            model::ipv4::checksum_is_right(packet)
        );
    }
    let expected = model::ipv4::judge(packet);
    assert_eq!(ipv4::validate(packet), expected);
    for linear in 0..packet.len().min(60) {
        match ipv4::validate(&packet[..linear]) {
            Err(ipv4::Refusal::NeedMore(wanted)) => assert!(wanted > linear && wanted <= 60),
            answer => assert_eq!(answer, expected),
        }
    }
    inner_packet(
        packet,
        |data, len, is_aggregate| inner::check_ipv4(data, len, || is_aggregate),
        model::inner::judge_ipv4,
    );
}

/// The check of a packet in a buffer agrees with the model, however much of it is linear, and goes on
/// until it has what it needs.
fn inner_packet(
    buffer: &[u8],
    check: impl Fn(&[u8], usize, bool) -> Result<Inner, inner::Refusal>,
    judge: fn(&[u8], bool) -> Result<Inner, inner::Refusal>,
) {
    for is_aggregate in [false, true] {
        let expected = judge(buffer, is_aggregate);
        for linear in 0..=buffer.len().min(60) {
            let mut linear = linear;
            let answer = loop {
                match check(&buffer[..linear], buffer.len(), is_aggregate) {
                    Err(inner::Refusal::NeedMore(wanted)) => {
                        assert!((linear + 1..=buffer.len()).contains(&wanted));
                        linear = wanted;
                    }
                    answer => break answer,
                }
            };
            assert_eq!(answer, expected, "aggregate: {is_aggregate}");
        }
    }
}

/// The same of an IPv6 header, and of the hop-by-hop options behind it.
pub fn inner_ipv6_header(packet: &[u8], limits: Limits) {
    let expected = model::inner_ipv6::judge(packet);
    assert_eq!(inner_ipv6::validate(packet), expected);
    for linear in 0..packet.len().min(inner_ipv6::HEADER_LEN) {
        let wanted = Err(inner_ipv6::Refusal::NeedMore(inner_ipv6::HEADER_LEN));
        assert_eq!(inner_ipv6::validate(&packet[..linear]), wanted);
    }
    inner_packet(
        packet,
        |data, len, is_aggregate| inner::check_ipv6(data, len, || is_aggregate),
        model::inner::judge_ipv6,
    );
    if packet.len() < inner_ipv6::HEADER_LEN {
        return;
    }
    assert_eq!(inner_ipv6::has_hop_by_hop(packet), packet[6] == 0);
    let expected = model::hop_by_hop::judge(packet, limits);
    assert_eq!(hop_by_hop::parse(packet, limits), expected);
    for linear in inner_ipv6::HEADER_LEN..packet.len().min(400) {
        match hop_by_hop::parse(&packet[..linear], limits) {
            Err(hop_by_hop::Refusal::NeedMore(wanted)) => assert!(wanted > linear),
            answer => assert_eq!(answer, expected),
        }
    }
    hop_by_hop_in_packet(packet, limits);
}

/// The options of a packet that ends where its buffer does, or before, are in it, and so is what a jumbo
/// option announces.
fn hop_by_hop_in_packet(buffer: &[u8], limits: Limits) {
    for len in [buffer.len(), inner_ipv6::HEADER_LEN] {
        let expected = match model::hop_by_hop::judge(&buffer[..len], limits) {
            Err(hop_by_hop::Refusal::NeedMore(_)) => Err(hop_by_hop::Refusal::Truncated),
            Ok(options) => match options.jumbo {
                Some(payload) if 40 + payload as usize > len => Err(hop_by_hop::Refusal::Truncated),
                _ => Ok(options),
            },
            refusal => refusal,
        };
        assert_eq!(hop_by_hop::check(buffer, len, limits), expected);
    }
}

/// The combination of two ECN fields agrees with the model.
pub fn congestion(outer: u8, inner_ecn: u8) {
    let action = ecn::decapsulate(outer, inner_ecn);
    assert_eq!(
        model::ecn::result(action, inner_ecn),
        model::ecn::outgoing(outer, inner_ecn),
        "outer {outer:02b}, inner {inner_ecn:02b}"
    );
    assert_ne!(action, ecn::Action::Set(inner_ecn), "writes what is there");
    let expected = match action {
        ecn::Action::Keep => Ok(None),
        ecn::Action::Set(ecn) => Ok(Some(ecn)),
        ecn::Action::Drop => Err(inner::Refusal::Congestion),
    };
    assert_eq!(inner::congestion(outer, inner_ecn), expected);
}

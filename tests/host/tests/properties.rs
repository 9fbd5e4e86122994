// SPDX-License-Identifier: GPL-2.0

//! What holds for any packet: agreement with the model, answers that do not depend on how much of
//! the packet is linear, and no panic.

use host::{
    compare,
    packet::*,
    rules::{hmac, hop_by_hop::Limits, ipv4, ipv6::UpperLayers, srh::Srh},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, Index},
    test_runner::Config,
};

/// TLVs that fill whole units of eight octets.
fn tlvs() -> impl Strategy<Value = Vec<u8>> {
    let tlv = prop_oneof![
        Just(vec![0]),
        (any::<u8>(), vec(any::<u8>(), 0..40)).prop_map(|(kind, value)| {
            let mut tlv = vec![kind.max(1), value.len() as u8];
            tlv.extend(value);
            tlv
        }),
    ];
    vec(tlv, 0..6).prop_map(|tlvs| {
        let mut tlvs = tlvs.concat();
        tlvs.resize(tlvs.len().next_multiple_of(8), 0);
        tlvs
    })
}

/// A header length: mostly short.
fn length() -> impl Strategy<Value = u8> {
    prop_oneof![8 => 0..6u8, 1 => any::<u8>()]
}

/// A segment routing header that is valid, or nearly so.
fn srh_of(segments_left: impl Strategy<Value = u8>) -> impl Strategy<Value = Extension> {
    (segments_left, 0..5u8, tlvs()).prop_map(|(left, last, tlvs)| srh(left, last, &tlvs))
}

/// An address of few different groups, so that containers and what is left of them come up.
fn groups() -> impl Strategy<Value = [u16; 8]> {
    (any::<[Index; 8]>(), 0..=8usize).prop_map(|(groups, end)| {
        let mut groups = groups.map(|group| *group.get(&[1, 1, 1, 1, 2, 0]));
        groups[end..].fill(0);
        groups
    })
}

/// An extension header that End.DT4 accepts.
fn acceptable() -> impl Strategy<Value = Extension> {
    prop_oneof![
        length().prop_map(|len| options(HOP_BY_HOP, len)),
        length().prop_map(|len| options(DESTINATION_OPTIONS, len)),
        (any::<u8>(), length())
            .prop_filter("another type", |(kind, _)| *kind != 4)
            .prop_map(|(kind, len)| routing(kind, 0, len)),
        srh_of(Just(0)),
        // Whatever else it says.
        (any::<[u8; 4]>(), length()).prop_map(|(rest, len)| {
            let mut header = routing(4, 0, len);
            header.octets[4..8].copy_from_slice(&rest);
            header
        }),
        select(vec![0, 2, 4, 6]).prop_map(fragment),
        length().prop_map(authentication),
    ]
}

/// Any extension header.
fn extension() -> impl Strategy<Value = Extension> {
    prop_oneof![
        8 => acceptable(),
        1 => (any::<u8>(), 0..3u8, length()).prop_map(|(kind, left, len)| routing(kind, left, len)),
        1 => srh_of(0..8u8),
        1 => prop_oneof![select(vec![1, 7, 8]), any::<u16>()].prop_map(fragment),
    ]
}

/// A packet of any extension headers and mostly with an IP packet in it.
fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let upper_layer = prop_oneof![4 => Just(IPV4), 4 => Just(IPV6), 1 => any::<u8>()];
    (
        vec(extension(), 0..16),
        upper_layer,
        vec(any::<u8>(), 0..64),
    )
        .prop_map(|(extensions, upper_layer, payload)| packet(&extensions, upper_layer, &payload))
}

/// A hop-by-hop option, or padding.
fn hop_by_hop_option() -> impl Strategy<Value = Vec<u8>> {
    let option = |kind, data: Vec<u8>| [vec![kind, data.len() as u8], data].concat();
    prop_oneof![
        3 => Just(vec![0]),
        3 => (0..7usize).prop_map(move |len| option(1, vec![0; len])),
        1 => vec(any::<u8>(), 0..4).prop_map(move |data| option(1, data)),
        2 => any::<[u8; 2]>().prop_map(move |kind| option(5, kind.to_vec())),
        2 => any::<u32>().prop_map(move |len| option(194, len.to_be_bytes().to_vec())),
        2 => (select(vec![5, 7, 49, 194, 30, 94, 158, 222]), vec(any::<u8>(), 0..12))
            .prop_map(move |(kind, data)| option(kind, data)),
    ]
}

/// An IPv6 packet with hop-by-hop options, most of which fill their header.
fn packet_with_options() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![Just(0_u16), any::<u16>()];
    let addresses = prop_oneof![
        Just([0x20; 32]),
        select(vec![0, 1, 2, 0xff, 0xfe]).prop_map(|first| {
            let mut addresses = [0x20; 32];
            addresses[0] = first;
            addresses[16] = first;
            addresses
        }),
        any::<[u8; 32]>(),
    ];
    (
        vec(hop_by_hop_option(), 0..6),
        length,
        addresses,
        any::<bool>(),
    )
        .prop_map(|(options, length, addresses, fill)| {
            let mut options = [vec![59, 0], options.concat()].concat();
            let missing = options.len().next_multiple_of(8) - options.len();
            if fill && missing > 1 {
                options.extend([1, missing as u8 - 2]);
            }
            options.resize(options.len().next_multiple_of(8), 0);
            options[1] = (options.len() / 8 - 1) as u8;
            let [high, low] = length.to_be_bytes();
            [&[0x60, 0, 0, 0, high, low, 0, 64], &addresses[..], &options].concat()
        })
}

/// What an operator may set.
fn limits() -> impl Strategy<Value = Limits> {
    (
        select(vec![8, 64, i32::MAX as usize]),
        prop_oneof![Just(8), -3..3i32],
    )
        .prop_map(|(len, number)| Limits { len, number })
}

/// A packet with a few octets changed, and perhaps its end missing.
fn mutated_packet() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![any::<u8>(), select(vec![0, 1, 4, 41, 43, 44, 51, 60, 255]),];
    let changes = vec((any::<Index>(), octet), 0..6);
    let end = prop::option::of(any::<Index>());
    (any_packet(), changes, end).prop_map(|(mut packet, changes, end)| {
        for (at, octet) in changes {
            *at.get_mut(&mut packet) = octet;
        }
        if let Some(end) = end {
            packet.truncate(end.index(packet.len() + 1));
        }
        packet
    })
}

proptest! {
    #![proptest_config(Config { cases: 2000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn acceptable_packets_are_accepted(
        extensions in vec(acceptable(), 0..=12),
        linear in any::<Index>(),
        surplus in 0..100usize,
    ) {
        let packet = ipv4_packet(&extensions);
        let answer = compare::walk(&packet, UpperLayers::IPV4, linear.index(packet.len() + 1), surplus);
        prop_assert_eq!(answer.map(|headers| headers.payload), Ok(packet.len() - 20));
        compare::outer_headers(&packet, linear.index(packet.len() + 1), surplus);
    }

    #[test]
    fn walk_of_generated_packets(
        packet in any_packet(),
        linear in any::<Index>(),
        surplus in 0..100usize,
    ) {
        compare::outer_headers(&packet, linear.index(packet.len() + 1), surplus);
    }

    #[test]
    fn walk_of_mutated_packets(
        packet in mutated_packet(),
        linear in any::<Index>(),
        surplus in 0..100usize,
    ) {
        compare::outer_headers(&packet, linear.index(packet.len() + 1), surplus);
    }

    #[test]
    fn walk_of_any_octets(
        packet in vec(any::<u8>(), 0..400),
        linear in any::<Index>(),
        surplus in 0..100usize,
    ) {
        compare::outer_headers(&packet, linear.index(packet.len() + 1), surplus);
    }

    #[test]
    fn segment_routing_headers(
        header in srh_of(0..8u8),
        changes in vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        let mut header = header.octets;
        compare::segment_routing_header(&header, &SEGMENT);
        for (at, octet) in changes {
            *at.get_mut(&mut header) = octet;
        }
        compare::segment_routing_header(&header, &SEGMENT);
    }

    #[test]
    fn segment_routing_headers_of_any_octets(mut header in vec(any::<u8>(), 0..300)) {
        compare::segment_routing_header(&header, &SEGMENT);
        // Random lengths hardly ever fit.
        if header.len() >= 8 {
            header[1] = (header.len() / 8 - 1) as u8;
            header[4] %= 4;
            header[3] = header[3].min(header[4] + 2);
            compare::segment_routing_header(&header, &SEGMENT);
        }
    }

    #[test]
    fn hmacs_cover_what_the_model_says(
        header in srh_of(0..3u8),
        container in groups(),
        destination in groups(),
        hmac in vec(any::<u8>(), 40),
        is_signed in any::<bool>(),
    ) {
        let hmac = [&[5, 38][..], &hmac[2..]].concat();
        let header = with_segment(header, container).octets;
        compare::segment_routing_header(&header, &address(destination));
        let header = with_segment(srh(0, 0, &hmac), container);
        let header = if is_signed { signed(header) } else { header };
        compare::segment_routing_header(&header.octets, &address(destination));
    }

    /// Every compressed SID of a container is left once; the last of them has no node before it.
    #[test]
    fn what_is_left_of_a_container_is_covered(
        csids in vec(1..=u16::MAX, 2..=6),
        block in any::<[u16; 2]>(),
    ) {
        let filled = |csids: &[u16]| {
            let mut groups = [0; 8];
            groups[..2].copy_from_slice(&block);
            groups[2..2 + csids.len()].copy_from_slice(csids);
            groups
        };
        let header = with_segment(srh(0, 0, &[]), filled(&csids)).octets;
        for processed in 0..=csids.len() - 2 {
            let left = address(filled(&csids[processed..]));
            prop_assert!(hmac::covers(&Srh::parse(&header).unwrap(), &left));
        }
    }

    #[test]
    fn inner_ipv6_headers(
        packet in packet_with_options(),
        changes in vec((any::<Index>(), any::<u8>()), 0..3),
        limits in limits(),
    ) {
        let mut packet = packet;
        compare::inner_ipv6_header(&packet, limits);
        for (at, octet) in changes {
            *at.get_mut(&mut packet) = octet;
        }
        compare::inner_ipv6_header(&packet, limits);
    }

    #[test]
    fn inner_ipv6_headers_of_any_octets(packet in vec(any::<u8>(), 0..200), limits in limits()) {
        compare::inner_ipv6_header(&packet, limits);
    }

    #[test]
    fn inner_headers_of_any_octets(packet in vec(any::<u8>(), 0..100)) {
        compare::inner_header(&packet);
    }

    #[test]
    fn inner_headers_with_a_right_checksum(
        mut options in vec(any::<u8>(), 0..=40),
        tos in any::<u8>(),
        bit in any::<Index>(),
    ) {
        options.truncate(options.len() / 4 * 4);
        let mut header = ipv4_header(&options);
        prop_assert!(ipv4::checksum_is_right(&header));
        compare::inner_header(&header);
        // Zeros leave the sum as it is; but a header is whole words.
        for _ in 0..4 {
            header.push(0);
            compare::inner_header(&header);
        }
        header[1] = tos;
        compare::inner_header(&header);
        let bit = bit.index(8 * header.len());
        header[bit / 8] ^= 1 << (bit % 8);
        compare::inner_header(&header);
    }
}

proptest! {
    #![proptest_config(Config { cases: 50, failure_persistence: None, ..Config::default() })]

    /// Whatever is linear at first, down to the octet.
    #[test]
    fn walk_from_every_beginning(packet in mutated_packet()) {
        for linear in 0..=packet.len() {
            compare::outer_headers(&packet, linear, 0);
        }
    }
}

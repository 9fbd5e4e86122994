// SPDX-License-Identifier: GPL-2.0

//! Packets for the tests.

use crate::model;

pub const HOP_BY_HOP: u8 = 0;
pub const IPV4: u8 = 4;
pub const IPV6: u8 = 41;
pub const ROUTING: u8 = 43;
pub const FRAGMENT: u8 = 44;
pub const AUTHENTICATION: u8 = 51;
pub const DESTINATION_OPTIONS: u8 = 60;

/// An extension header. Its first octet, Next Header, is written by [`packet`].
#[derive(Clone, Debug)]
pub struct Extension {
    pub protocol: u8,
    pub octets: Vec<u8>,
}

/// A hop-by-hop or destination options header of one PadN, of `(length + 1) * 8` octets.
pub fn options(protocol: u8, length: u8) -> Extension {
    let mut octets = vec![0; (usize::from(length) + 1) * 8];
    octets[1] = length;
    // Of what is left after four octets, a PadN of up to 255 fills as much as it can.
    octets[2] = 1;
    octets[3] = (octets.len() - 4).min(255) as u8;
    Extension { protocol, octets }
}

/// A routing header of any type.
pub fn routing(routing_type: u8, segments_left: u8, length: u8) -> Extension {
    let mut octets = vec![0; (usize::from(length) + 1) * 8];
    octets[1..4].copy_from_slice(&[length, routing_type, segments_left]);
    Extension {
        protocol: ROUTING,
        octets,
    }
}

/// The address with these eight groups.
pub fn address(groups: [u16; 8]) -> [u8; 16] {
    let octets = groups.map(u16::to_be_bytes);
    octets.as_flattened().try_into().unwrap()
}

/// Every segment of [`srh`].
pub const SEGMENT: [u8; 16] = [0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// A segment routing header of `last_entry + 1` segments and `tlvs`, which are a multiple of eight
/// octets.
pub fn srh(segments_left: u8, last_entry: u8, tlvs: &[u8]) -> Extension {
    assert_eq!(tlvs.len() % 8, 0);
    let length = 2 * (usize::from(last_entry) + 1) + tlvs.len() / 8;
    let mut octets = vec![0, length.try_into().unwrap(), 4, segments_left];
    octets.extend([last_entry, 0, 0, 0]);
    for _ in 0..=last_entry {
        octets.extend(SEGMENT);
    }
    octets.extend(tlvs);
    Extension {
        protocol: ROUTING,
        octets,
    }
}

/// The same with another Segment List\[0\].
pub fn with_segment(mut srh: Extension, groups: [u16; 8]) -> Extension {
    srh.octets[8..24].copy_from_slice(&address(groups));
    srh
}

/// The same with the H flag.
pub fn signed(mut srh: Extension) -> Extension {
    srh.octets[5] |= 8;
    srh
}

/// A fragment header; `field` is the fragment offset (13 bits), two reserved bits and the M flag.
pub fn fragment(field: u16) -> Extension {
    let [high, low] = field.to_be_bytes();
    Extension {
        protocol: FRAGMENT,
        octets: vec![0, 0, high, low, 0, 0, 0, 1],
    }
}

/// An authentication header of `(length + 2) * 4` octets.
pub fn authentication(length: u8) -> Extension {
    let mut octets = vec![0; (usize::from(length) + 2) * 4];
    octets[1] = length;
    Extension {
        protocol: AUTHENTICATION,
        octets,
    }
}

/// A packet: an IPv6 header, extension headers, and a payload of protocol `upper_layer`.
pub fn packet(extensions: &[Extension], upper_layer: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    packet[0] = 0x60;
    packet[7] = 64;
    let mut named_at = 6;
    for extension in extensions {
        packet[named_at] = extension.protocol;
        named_at = packet.len();
        packet.extend(&extension.octets);
    }
    packet[named_at] = upper_layer;
    packet.extend(payload);
    let payload_len = packet.len() - 40;
    packet[4..6].copy_from_slice(&(payload_len as u16).to_be_bytes());
    packet
}

/// A packet with an IPv4 packet in it.
pub fn ipv4_packet(extensions: &[Extension]) -> Vec<u8> {
    packet(extensions, IPV4, &ipv4_header(&[]))
}

/// A packet with an IPv6 packet in it, of the header alone.
pub fn ipv6_packet(extensions: &[Extension]) -> Vec<u8> {
    packet(extensions, IPV6, &packet(&[], 59, &[]))
}

/// An IPv4 header with a right checksum; `options` are a multiple of four octets, at most 40.
pub fn ipv4_header(options: &[u8]) -> Vec<u8> {
    assert_eq!(options.len() % 4, 0);
    let len = 20 + options.len();
    let mut header = vec![0x40 | (len / 4) as u8, 0, 0, len as u8, 0, 1, 0, 0, 64, 17];
    header.extend([0, 0, 192, 0, 2, 1, 198, 51, 100, 1]);
    header.extend(options);
    let checksum = !model::ipv4::sum(&header);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    header
}

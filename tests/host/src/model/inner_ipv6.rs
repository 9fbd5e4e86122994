// SPDX-License-Identifier: GPL-2.0

//! RFC 8200 §3 and RFC 4291 §2.

use super::bits;
use crate::rules::inner_ipv6::{Ipv6Header, Refusal};
use std::net::Ipv6Addr;

/// What there is to say about the header of a packet.
pub fn judge(packet: &[u8]) -> Result<Ipv6Header, Refusal> {
    if packet.len() < 40 {
        return Err(Refusal::NeedMore(40));
    }
    let address = |at: usize| {
        let octets: [u8; 16] = packet[at..at + 16].try_into().unwrap();
        Ipv6Addr::from(octets)
    };
    let (source, destination) = (address(8), address(24));
    if bits(packet, 0, 4) != 6 {
        return Err(Refusal::Malformed);
    }
    let scope = bits(packet, 8 * 24 + 12, 4);
    let from_nowhere = source.is_loopback() || source.is_multicast();
    let to_nowhere = destination.is_loopback() || (destination.is_multicast() && scope < 2);
    if from_nowhere || to_nowhere {
        return Err(Refusal::Address);
    }
    Ok(Ipv6Header {
        total_len: 40 + bits(packet, 32, 16),
        ecn: bits(packet, 10, 2) as u8,
    })
}

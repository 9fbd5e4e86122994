// SPDX-License-Identifier: GPL-2.0

//! RFC 791 §3.1 and RFC 1071.

use super::bits;
use crate::rules::ipv4::{Ipv4Header, Refusal};

/// What there is to say about the header of a packet.
pub fn judge(packet: &[u8]) -> Result<Ipv4Header, Refusal> {
    if packet.len() < 20 {
        return Err(Refusal::NeedMore(20));
    }
    let version = bits(packet, 0, 4);
    let header_len = 4 * bits(packet, 4, 4);
    if version != 4 || header_len < 20 {
        return Err(Refusal::Malformed);
    }
    if packet.len() < header_len {
        return Err(Refusal::NeedMore(header_len));
    }
    if !checksum_is_right(&packet[..header_len]) {
        return Err(Refusal::Checksum);
    }
    Ok(Ipv4Header {
        header_len,
        total_len: bits(packet, 16, 16),
        ecn: bits(packet, 14, 2) as u8,
    })
}

/// The ones' complement sum, RFC 1071 §1: by 16-bit words in network byte order, each carry brought
/// around at once.
pub fn sum(octets: &[u8]) -> u16 {
    octets.chunks(2).fold(0, |sum: u16, word| {
        let word = u16::from_be_bytes([word[0], word.get(1).copied().unwrap_or(0)]);
        let (sum, carry) = sum.overflowing_add(word);
        sum + u16::from(carry)
    })
}

/// Whether the checksum of a header is right: all of it, five 32-bit words or more, sums up to
/// all ones.
pub fn checksum_is_right(header: &[u8]) -> bool {
    header.len() >= 20 && header.len() % 4 == 0 && sum(header) == 0xffff
}

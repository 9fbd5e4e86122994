// SPDX-License-Identifier: GPL-2.0

//! RFC 791 §3.1 and RFC 1071.

use super::bits;
use crate::rules::ipv4::Ipv4Header;

/// The fixed part of a header, RFC 791 §3.1.
pub fn parse(fixed: &[u8; 20]) -> Option<Ipv4Header> {
    let version = bits(fixed, 0, 4);
    let ihl_in_words = bits(fixed, 4, 4);
    (version == 4 && ihl_in_words >= 5).then(|| Ipv4Header {
        header_len: ihl_in_words * 4,
        total_len: bits(fixed, 16, 16),
        ecn: bits(fixed, 14, 2) as u8,
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

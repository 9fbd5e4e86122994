// SPDX-License-Identifier: GPL-2.0

//! The rules once more, after the texts of the RFCs and not after the module: everything is first
//! parsed into fields and lists, then judged. Slow, allocating, obvious.

pub mod ecn;
pub mod hmac;
pub mod hop_by_hop;
pub mod inner;
pub mod inner_ipv6;
pub mod ipv4;
pub mod ipv6;
pub mod srh;

/// The field of `count` bits at bit `first`, numbered as in the diagrams of the RFCs.
fn bits(octets: &[u8], first: usize, count: usize) -> usize {
    (first..first + count).fold(0, |value, bit| {
        let set = octets[bit / 8] & (0x80 >> (bit % 8)) != 0;
        value * 2 + usize::from(set)
    })
}

// SPDX-License-Identifier: GPL-2.0

//! The header of an inner IPv6 packet, RFC 8200 §3, checked as `ip6_rcv_core()` does.

/// Length of the header, in octets.
pub const HEADER_LEN: usize = 40;

/// Offset of the Next Header field, and what announces hop-by-hop options there.
const NEXT_HEADER: usize = 6;
const HOP_BY_HOP: u8 = 0;

/// What a valid header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Header {
    /// Length of the packet, in octets. That of the header alone also in packets that are too long for
    /// the field: jumbograms, and those which the kernel makes by aggregating TCP segments.
    pub total_len: usize,
    /// The ECN field, two bits.
    pub ecn: u8,
}

/// Why a header is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed.
    NeedMore(usize),
    /// The version is not 6.
    Malformed,
    /// The source is a multicast or loopback address, or the destination a loopback address or a
    /// multicast address that is not to leave a node.
    Address,
}

/// Checks the header of a packet that begins with `data`.
#[inline]
pub fn validate(data: &[u8]) -> Result<Ipv6Header, Refusal> {
    let Some(header) = data.first_chunk::<HEADER_LEN>() else {
        return Err(need_more());
    };
    if header[0] >> 4 != 6 {
        return Err(Refusal::Malformed);
    }
    let (source, destination) = (address(header, 8), address(header, 24));
    if is_multicast(source)
        || is_loopback(source)
        || is_loopback(destination)
        || (is_multicast(destination) && is_confined(destination))
    {
        return Err(Refusal::Address);
    }
    Ok(Ipv6Header {
        total_len: HEADER_LEN + usize::from(u16::from_be_bytes([header[4], header[5]])),
        ecn: (header[1] >> 4) & 3,
    })
}

/// Whether hop-by-hop options follow the header that `data` begins with.
#[inline]
pub fn has_hop_by_hop(data: &[u8]) -> bool {
    data.get(NEXT_HEADER) == Some(&HOP_BY_HOP)
}

#[cold]
fn need_more() -> Refusal {
    Refusal::NeedMore(HEADER_LEN)
}

/// The two halves of the address at an offset, in network byte order.
#[inline]
fn address(header: &[u8; HEADER_LEN], offset: usize) -> [u64; 2] {
    let half = |at: usize| {
        let mut octets = [0; 8];
        octets.copy_from_slice(&header[at..at + 8]);
        u64::from_ne_bytes(octets)
    };
    [half(offset), half(offset + 8)]
}

/// RFC 4291 §2.7
#[inline]
fn is_multicast([high, _]: [u64; 2]) -> bool {
    high.to_ne_bytes()[0] == 0xff
}

/// RFC 4291 §2.5.3
#[inline]
fn is_loopback([high, low]: [u64; 2]) -> bool {
    high == 0 && low == 1_u64.to_be()
}

/// Whether a multicast address has a scope that no packet from outside may have: the reserved one, or
/// interface-local. RFC 4291 §2.7
#[cold]
fn is_confined([high, _]: [u64; 2]) -> bool {
    high.to_ne_bytes()[1] & 0xf <= 1
}

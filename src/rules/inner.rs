// SPDX-License-Identifier: GPL-2.0

//! What an inner packet has to be by itself, in the order of the checks: a valid header, as long as it
//! says, able to carry the congestion mark of the outer packet.

use super::{
    ecn,
    inner_ipv6,
    ipv4, //
};

/// What is known of an acceptable packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Length of its header, with IPv4 options, without IPv6 extension headers. In octets.
    pub header_len: usize,
    /// Length of all of it.
    pub len: Length,
    /// The ECN field of its header, two bits.
    pub ecn: u8,
}

/// Length of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// As its header says, as nearly all do: all that there is.
    Whole,
    /// As its header says, in octets. What is behind that is padding.
    Padded(usize),
    /// Too long for the field: all that there is. The kernel makes such packets by aggregating TCP
    /// segments; in IPv6 there are jumbograms (RFC 2675), too.
    Oversized,
}

/// Why a packet is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed, and there are as many.
    NeedMore(usize),
    /// It is shorter than its header, or than that says.
    Truncated,
    /// The header is malformed.
    Malformed,
    /// The checksum of the header is wrong.
    Checksum,
    /// An address that no packet from outside may have.
    Address,
    /// The outer packet met congestion, and the inner one cannot say so.
    Congestion,
}

/// Checks an IPv4 packet of `len` octets that begins with `data`, from an outer packet with that ECN
/// field. `is_aggregate` tells whether it is made of several TCP segments.
#[inline(always)]
pub fn check_ipv4(
    data: &[u8],
    len: usize,
    is_aggregate: impl FnOnce() -> bool,
) -> Result<Inner, Refusal> {
    let header = ipv4::validate(data).map_err(|refusal| match refusal {
        ipv4::Refusal::NeedMore(wanted) => need_more(wanted, len),
        ipv4::Refusal::Malformed => Refusal::Malformed,
        ipv4::Refusal::Checksum => Refusal::Checksum,
    })?;
    let length = if header.total_len == len {
        Length::Whole
    } else if header.total_len >= header.header_len {
        padded(header.total_len, len)?
    } else if header.total_len == 0 && is_aggregate() {
        Length::Oversized
    } else {
        return Err(Refusal::Malformed);
    };
    Ok(Inner {
        header_len: header.header_len,
        len: length,
        ecn: header.ecn,
    })
}

/// Checks an IPv6 packet in the same way.
#[inline(always)]
pub fn check_ipv6(
    data: &[u8],
    len: usize,
    is_aggregate: impl FnOnce() -> bool,
) -> Result<Inner, Refusal> {
    let header = inner_ipv6::validate(data).map_err(|refusal| match refusal {
        inner_ipv6::Refusal::NeedMore(wanted) => need_more(wanted, len),
        inner_ipv6::Refusal::Malformed => Refusal::Malformed,
        inner_ipv6::Refusal::Address => Refusal::Address,
    })?;
    let length = if header.total_len == len {
        Length::Whole
    } else if header.total_len == inner_ipv6::HEADER_LEN
        && (inner_ipv6::has_hop_by_hop(data) || is_aggregate())
    {
        Length::Oversized
    } else {
        padded(header.total_len, len)?
    };
    Ok(Inner {
        header_len: inner_ipv6::HEADER_LEN,
        len: length,
        ecn: header.ecn,
    })
}

/// For a packet of which `wanted` octets are needed.
#[cold]
fn need_more(wanted: usize, len: usize) -> Refusal {
    if wanted > len {
        Refusal::Truncated
    } else {
        Refusal::NeedMore(wanted)
    }
}

/// For a header that does not say `len` of its packet.
#[cold]
fn padded(announced: usize, len: usize) -> Result<Length, Refusal> {
    if announced > len {
        return Err(Refusal::Truncated);
    }
    Ok(Length::Padded(announced))
}

/// Combines the ECN field of the outer packet with `ecn`, that of the inner one: the one that the inner
/// header gets, if it is another.
#[inline(always)]
pub fn congestion(outer_ecn: u8, ecn: u8) -> Result<Option<u8>, Refusal> {
    match ecn::decapsulate(outer_ecn, ecn) {
        ecn::Action::Keep => Ok(None),
        ecn::Action::Set(ecn) => Ok(Some(ecn)),
        ecn::Action::Drop => Err(Refusal::Congestion),
    }
}

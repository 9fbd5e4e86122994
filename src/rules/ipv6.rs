// SPDX-License-Identifier: GPL-2.0

//! The outer headers: an IPv6 header and its extension headers, RFC 8200 §4.
//!
//! One walk finds everything that End.DT4 needs to know. The built-in code walks twice, once for
//! the routing header and once for the upper-layer header, and takes a routing header that it
//! cannot make sense of for none at all.

use super::srh;

/// Length of an IPv6 header, in octets.
pub const HEADER_LEN: usize = 40;

/// How many extension headers are walked at most; the kernel's `IP6_MAX_EXT_HDRS_CNT`.
pub const MAX_EXTENSION_HEADERS: usize = 12;

/// Offset of Next Header in the IPv6 header.
const NEXT_HEADER: usize = 6;

/// Offsets in any routing header, RFC 8200 §4.4.
const TYPE: usize = 2;
const SEGMENTS_LEFT: usize = 3;

/// Protocol numbers, as in Next Header.
mod protocol {
    pub(super) const HOP_BY_HOP: u8 = 0;
    pub(super) const IPV4: u8 = 4;
    pub(super) const ROUTING: u8 = 43;
    pub(super) const FRAGMENT: u8 = 44;
    pub(super) const AUTHENTICATION: u8 = 51;
    pub(super) const DESTINATION_OPTIONS: u8 = 60;
}

/// What the outer headers of an acceptable packet say. Offsets count from the IPv6 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OuterHeaders {
    /// Where the IPv4 packet begins.
    pub payload: usize,
    /// The first segment routing header. It is valid and Segments Left is 0.
    pub srh: Option<SegmentRoutingHeader>,
    /// The ECN field, two bits.
    pub ecn: u8,
}

/// Where a segment routing header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRoutingHeader {
    /// Its offset from the IPv6 header.
    pub offset: u16,
    /// Whether TLVs follow the segment list. Without any there is no HMAC.
    pub has_tlvs: bool,
}

/// Why outer headers are not acceptable. Offsets count from the IPv6 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed.
    NeedMore(usize),
    /// A header does not fit into the packet.
    Truncated,
    /// More than [`MAX_EXTENSION_HEADERS`].
    TooManyExtensionHeaders,
    /// The packet is a fragment.
    Fragment,
    /// A segment routing header is malformed.
    MalformedSrh,
    /// The SID is not the last segment.
    SegmentsLeft(Objection),
    /// A routing header of a type that we do not know has segments left, RFC 8200 §4.4.
    RoutingType(Objection),
    /// The upper-layer header is not IPv4.
    UpperLayer(Objection),
}

/// What a node tells the source of a packet that it has to refuse, in an ICMPv6 Parameter Problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Pointer: the offset of what is objected to. The end of the packet if an upper-layer header
    /// is announced but not there.
    pub pointer: usize,
    /// The first segment routing header, if the walk has come by one: it is valid.
    pub srh: Option<SegmentRoutingHeader>,
}

/// Walks the headers of a packet of `len` octets, of which the first are in `data`, which is not
/// longer.
///
/// [`Refusal::NeedMore`] asks for more of them than there were, and at most `len`.
#[inline]
pub fn walk(data: &[u8], len: usize) -> Result<OuterHeaders, Refusal> {
    let view = View { data, len };
    let fixed: &[u8; HEADER_LEN] = view.get(0)?;
    let mut next_header = fixed[NEXT_HEADER];
    let mut at = HEADER_LEN;
    let mut srh = None;

    for _ in 0..MAX_EXTENSION_HEADERS {
        let header_len = match next_header {
            protocol::IPV4 => break,
            protocol::ROUTING => {
                srh = routing_header(view, at, srh)?;
                options_len(view.get(at)?)
            }
            protocol::HOP_BY_HOP | protocol::DESTINATION_OPTIONS => options_len(view.get(at)?),
            protocol::FRAGMENT => {
                let [_, _, high, low, ..] = view.get::<8>(at)?;
                // RFC 6946: what has neither an offset nor successors is a whole packet.
                if u16::from_be_bytes([*high, *low]) & !0b110 != 0 {
                    return Err(Refusal::Fragment);
                }
                8
            }
            // RFC 4302 §2.2: counted in units of four octets, less two.
            protocol::AUTHENTICATION => (usize::from(view.get::<2>(at)?[1]) + 2) << 2,
            _ => break,
        };
        let [next, _] = view.get(at)?;
        next_header = *next;
        at = at.saturating_add(header_len);
        if at > len {
            return Err(Refusal::Truncated);
        }
    }
    match next_header {
        protocol::IPV4 => Ok(OuterHeaders {
            payload: at,
            srh,
            ecn: (fixed[1] >> 4) & 3,
        }),
        protocol::HOP_BY_HOP
        | protocol::ROUTING
        | protocol::FRAGMENT
        | protocol::AUTHENTICATION
        | protocol::DESTINATION_OPTIONS => Err(Refusal::TooManyExtensionHeaders),
        _ => Err(Refusal::UpperLayer(Objection { pointer: at, srh })),
    }
}

/// Length of a header that counts in units of eight octets, not including the first.
#[inline]
fn options_len(header: &[u8; 2]) -> usize {
    (usize::from(header[1]) + 1) << 3
}

/// Checks the routing header at `at`, and returns the first segment routing header so far. Types
/// that we do not know are skipped if nothing is left of them to process, RFC 8200 §4.4.
#[inline]
fn routing_header(
    view: View<'_>,
    at: usize,
    first: Option<SegmentRoutingHeader>,
) -> Result<Option<SegmentRoutingHeader>, Refusal> {
    let header = view.slice(at, options_len(view.get(at)?))?;
    let &[_, _, routing_type, segments_left, ..] = header else {
        return Err(Refusal::Truncated);
    };
    if routing_type != srh::ROUTING_TYPE {
        if segments_left != 0 {
            let pointer = at.saturating_add(TYPE);
            return Err(Refusal::RoutingType(Objection {
                pointer,
                srh: first,
            }));
        }
        return Ok(first);
    }
    let valid = srh::validate(header).ok_or(Refusal::MalformedSrh)?;
    let srh = first.or(Some(SegmentRoutingHeader {
        offset: at as u16,
        has_tlvs: valid.has_tlvs,
    }));
    if segments_left != 0 {
        let pointer = at.saturating_add(SEGMENTS_LEFT);
        return Err(Refusal::SegmentsLeft(Objection { pointer, srh }));
    }
    Ok(srh)
}

/// A packet of which the first octets are at hand.
#[derive(Clone, Copy)]
struct View<'a> {
    data: &'a [u8],
    len: usize,
}

impl<'a> View<'a> {
    /// The `N` octets at `at`.
    #[inline]
    fn get<const N: usize>(self, at: usize) -> Result<&'a [u8; N], Refusal> {
        match self.data.get(at..).and_then(<[u8]>::first_chunk) {
            Some(octets) => Ok(octets),
            None => Err(self.missing(at, N)),
        }
    }

    /// The `n` octets at `at`.
    #[inline]
    fn slice(self, at: usize, n: usize) -> Result<&'a [u8], Refusal> {
        match self.data.get(at..).and_then(|rest| rest.get(..n)) {
            Some(octets) => Ok(octets),
            None => Err(self.missing(at, n)),
        }
    }

    #[cold]
    fn missing(self, at: usize, n: usize) -> Refusal {
        let end = at.saturating_add(n);
        if end > self.len {
            Refusal::Truncated
        } else {
            Refusal::NeedMore(end)
        }
    }
}

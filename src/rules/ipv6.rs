// SPDX-License-Identifier: GPL-2.0

//! The outer headers: an IPv6 header and its extension headers, RFC 8200 §4.
//!
//! One walk finds everything that a behaviour needs to know. The built-in code walks twice, once for
//! the routing header and once for the upper-layer header, and takes a segment routing header that
//! is not in order for none at all, whatever its Segments Left says.

use super::srh;

/// Length of an IPv6 header, in octets.
pub const HEADER_LEN: usize = 40;

/// How many extension headers are walked at most; the kernel's `IP6_MAX_EXT_HDRS_CNT`.
pub const MAX_EXTENSION_HEADERS: usize = 12;

/// Length of a fragment header, in octets.
const FRAGMENT_HEADER_LEN: usize = 8;

/// Least length of an extension header, in octets.
const MIN_EXTENSION_HEADER_LEN: usize = 8;

/// Offset of the octet with the lower half of Traffic Class in the IPv6 header.
const ECN_OCTET: usize = 1;

/// Offset of Next Header in the IPv6 header.
const NEXT_HEADER: usize = 6;

/// Offset of the destination address in the IPv6 header.
const DESTINATION: usize = 24;

/// Offsets in an extension header: Next Header, and the length if it has one.
const NEXT: usize = 0;
const LEN: usize = 1;

/// Offsets in any routing header, RFC 8200 §4.4.
const TYPE: usize = 2;
const SEGMENTS_LEFT: usize = 3;

/// Protocol numbers, as in Next Header.
mod protocol {
    pub(super) const HOP_BY_HOP: u8 = 0;
    pub(super) const IPV4: u8 = 4;
    pub(super) const IPV6: u8 = 41;
    pub(super) const ROUTING: u8 = 43;
    pub(super) const FRAGMENT: u8 = 44;
    pub(super) const AUTHENTICATION: u8 = 51;
    pub(super) const DESTINATION_OPTIONS: u8 = 60;
}

/// What is encapsulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpperLayer {
    /// An IPv4 packet, RFC 2003.
    Ipv4,
    /// An IPv6 packet, RFC 2473.
    Ipv6,
}

/// What may be encapsulated: what a SID is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpperLayers {
    /// IPv4 packets.
    pub ipv4: bool,
    /// IPv6 packets.
    pub ipv6: bool,
}

impl UpperLayers {
    /// IPv4 packets only.
    pub const IPV4: Self = Self {
        ipv4: true,
        ipv6: false,
    };
    /// IPv6 packets only.
    pub const IPV6: Self = Self {
        ipv4: false,
        ipv6: true,
    };
    /// Both.
    pub const BOTH: Self = Self {
        ipv4: true,
        ipv6: true,
    };

    /// The one that a Next Header field announces, if it is wanted.
    #[inline]
    fn announced(self, next_header: u8) -> Option<UpperLayer> {
        match next_header {
            protocol::IPV4 if self.ipv4 => Some(UpperLayer::Ipv4),
            protocol::IPV6 if self.ipv6 => Some(UpperLayer::Ipv6),
            _ => None,
        }
    }
}

/// What the outer headers of an acceptable packet say. Offsets count from the IPv6 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OuterHeaders {
    /// Where the inner packet begins.
    pub payload: usize,
    /// What that is.
    pub upper_layer: UpperLayer,
    /// The first segment routing header. Segments Left of all is 0.
    pub srh: Option<SegmentRoutingHeader>,
}

/// Where a segment routing header is. It lies within the packet; what it says has not been looked
/// at, since that does not matter without segments left (RFC 8754 §4.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRoutingHeader {
    /// Its offset from the IPv6 header.
    pub offset: usize,
    /// Whether its H flag is set.
    pub has_hmac_flag: bool,
}

/// Why outer headers are not acceptable. Offsets count from the IPv6 header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed, more than there were. A
    /// packet that is shorter is truncated.
    NeedMore(usize),
    /// More than [`MAX_EXTENSION_HEADERS`].
    TooManyExtensionHeaders,
    /// The packet is a fragment.
    Fragment(Fragment),
    /// The SID is not the last segment, whatever else the header says.
    SegmentsLeft(Objection),
    /// A routing header of a type that we do not know has segments left, RFC 8200 §4.4.
    RoutingType(Objection),
    /// The upper-layer header is not one that is wanted.
    UpperLayer(Objection),
}

impl Refusal {
    /// What the source of the packet may be told.
    pub fn objection(self) -> Option<Objection> {
        match self {
            Self::SegmentsLeft(objection)
            | Self::RoutingType(objection)
            | Self::UpperLayer(objection) => Some(objection),
            _ => None,
        }
    }
}

/// Where the fragment header of a packet is that is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Its offset.
    pub header: usize,
    /// The offset of the Next Header field that announces it.
    pub announced_at: usize,
    /// The first segment routing header before it, if there is one.
    pub srh: Option<SegmentRoutingHeader>,
}

/// What a node tells the source of a packet that it has to refuse, in an ICMPv6 Parameter Problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Pointer: the offset of what is objected to. The end of the packet if an upper-layer header
    /// is announced but not there.
    pub pointer: usize,
    /// The first segment routing header, if the walk has come by one.
    pub srh: Option<SegmentRoutingHeader>,
}

/// Walks the headers of a packet that begins with `data`, up to one that is `wanted`.
#[inline]
pub fn walk(data: &[u8], wanted: UpperLayers) -> Result<OuterHeaders, Refusal> {
    let Some(fixed) = data.first_chunk::<HEADER_LEN>() else {
        return Err(need_more(0, HEADER_LEN));
    };
    let mut next_header = fixed[NEXT_HEADER];
    let mut at = HEADER_LEN;
    let mut srh = None;

    // Nearly all packets have a segment routing header or nothing: no loop for those.
    if next_header == protocol::ROUTING {
        let header = header(data, at, options_len)?;
        srh = routing_header(header, at, None)?;
        next_header = header.start[NEXT];
        at = at.saturating_add(header.all.len());
    }
    if let Some(upper_layer) = wanted.announced(next_header) {
        return Ok(OuterHeaders {
            payload: at,
            upper_layer,
            srh,
        });
    }
    walk_on(data, wanted, at, next_header, srh)
}

/// The octet with the ECN field of the IPv6 header that `data` begins with.
#[inline]
pub fn ecn_octet(data: &[u8]) -> u8 {
    data.get(ECN_OCTET).map_or(0, |&octet| octet)
}

/// The destination address of the IPv6 header that `data` begins with.
pub fn destination(data: &[u8]) -> Option<&[u8; 16]> {
    data.get(DESTINATION..)?.first_chunk()
}

/// The ECN field, two bits, of the octet that has it. RFC 3168 §5.
#[inline]
pub fn ecn(octet: u8) -> u8 {
    (octet >> 4) & 3
}

/// Goes on to the inner packet from a header at `at` that has at most one extension header before it.
#[cold]
fn walk_on(
    data: &[u8],
    wanted: UpperLayers,
    mut at: usize,
    mut next_header: u8,
    mut srh: Option<SegmentRoutingHeader>,
) -> Result<OuterHeaders, Refusal> {
    let (walked, mut announced_at) = if at == HEADER_LEN {
        (0, NEXT_HEADER)
    } else {
        (1, HEADER_LEN + NEXT)
    };
    for _ in walked..MAX_EXTENSION_HEADERS {
        let header = match next_header {
            protocol::ROUTING | protocol::HOP_BY_HOP | protocol::DESTINATION_OPTIONS => {
                header(data, at, options_len)?
            }
            protocol::FRAGMENT => header(data, at, |_| FRAGMENT_HEADER_LEN)?,
            // RFC 4302 §2.2: counted in units of four octets, less two.
            protocol::AUTHENTICATION => header(data, at, |len| (len + 2) << 2)?,
            _ => break,
        };
        match next_header {
            protocol::ROUTING => srh = routing_header(header, at, srh)?,
            protocol::FRAGMENT if !is_whole(header) => {
                return Err(Refusal::Fragment(Fragment {
                    header: at,
                    announced_at,
                    srh,
                }))
            }
            _ => (),
        }
        announced_at = at.saturating_add(NEXT);
        next_header = header.start[NEXT];
        at = at.saturating_add(header.all.len());
    }
    if let Some(upper_layer) = wanted.announced(next_header) {
        return Ok(OuterHeaders {
            payload: at,
            upper_layer,
            srh,
        });
    }
    match next_header {
        protocol::HOP_BY_HOP
        | protocol::ROUTING
        | protocol::FRAGMENT
        | protocol::AUTHENTICATION
        | protocol::DESTINATION_OPTIONS => Err(Refusal::TooManyExtensionHeaders),
        _ => Err(Refusal::UpperLayer(Objection { pointer: at, srh })),
    }
}

/// An extension header.
#[derive(Clone, Copy)]
struct Header<'a> {
    all: &'a [u8],
    start: &'a [u8; MIN_EXTENSION_HEADER_LEN],
}

/// The extension header at `at`. `len` tells from its length field how many octets it has, which
/// are not less than eight.
#[inline]
fn header(data: &[u8], at: usize, len: impl FnOnce(usize) -> usize) -> Result<Header<'_>, Refusal> {
    let rest = data.get(at..).unwrap_or_default();
    let Some(&field) = rest.get(LEN) else {
        return Err(need_more(at, MIN_EXTENSION_HEADER_LEN));
    };
    let len = len(usize::from(field));
    match rest.get(..len).map(|all| (all, all.first_chunk())) {
        Some((all, Some(start))) => Ok(Header { all, start }),
        _ => Err(need_more(at, len)),
    }
}

/// The `len` octets at `at` are not at hand.
#[cold]
fn need_more(at: usize, len: usize) -> Refusal {
    Refusal::NeedMore(at.saturating_add(len))
}

/// Length of a header that counts in units of eight octets, not including the first.
#[inline]
fn options_len(field: usize) -> usize {
    (field + 1) << 3
}

/// Whether a packet with this fragment header is whole nevertheless: neither an offset nor
/// successors, RFC 6946.
fn is_whole(header: Header<'_>) -> bool {
    let [_, _, high, low, ..] = *header.start;
    u16::from_be_bytes([high, low]) & !0b110 == 0
}

/// Checks the routing header at `at`, and returns the first segment routing header so far. Types
/// that we do not know are skipped if nothing is left of them to process, RFC 8200 §4.4.
#[inline]
fn routing_header(
    header: Header<'_>,
    at: usize,
    first: Option<SegmentRoutingHeader>,
) -> Result<Option<SegmentRoutingHeader>, Refusal> {
    let [_, _, routing_type, segments_left, _, flags, ..] = *header.start;
    if routing_type != srh::ROUTING_TYPE {
        if segments_left != 0 {
            return Err(Refusal::RoutingType(Objection {
                pointer: at.saturating_add(TYPE),
                srh: first,
            }));
        }
        return Ok(first);
    }
    let srh = first.or(Some(SegmentRoutingHeader {
        offset: at,
        has_hmac_flag: flags & srh::FLAG_HMAC != 0,
    }));
    if segments_left != 0 {
        return Err(Refusal::SegmentsLeft(Objection {
            pointer: at.saturating_add(SEGMENTS_LEFT),
            srh,
        }));
    }
    Ok(srh)
}

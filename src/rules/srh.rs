// SPDX-License-Identifier: GPL-2.0

//! The segment routing header, RFC 8754 §2.

/// Its routing type.
pub const ROUTING_TYPE: u8 = 4;

/// Length without segment list and TLVs, in octets.
pub const FIXED_LEN: usize = 8;

/// The H flag: there is an HMAC. It is of an early draft; the kernel still goes by it.
pub const FLAG_HMAC: u8 = 1 << 3;

/// Length of a segment, in octets.
const SEGMENT_LEN: usize = 16;

/// Offsets of the fields.
const HDR_EXT_LEN: usize = 1;
const SEGMENTS_LEFT: usize = 3;
const LAST_ENTRY: usize = 4;
const FLAGS: usize = 5;

/// Type of the TLV that pads by one octet and has no length, RFC 8754 §2.1.1.1.
const TLV_PAD1: u8 = 0;

/// An IPv6 address, or a container of compressed SIDs.
pub type Segment = [u8; SEGMENT_LEN];

/// A segment routing header that is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Srh<'a> {
    fixed: &'a [u8; FIXED_LEN],
    /// The segment list, of at least one segment.
    segments: &'a [u8],
    /// What is between the segment list and the end.
    tlvs: &'a [u8],
}

impl<'a> Srh<'a> {
    /// The header that `data` begins with, if it is all there and in order: the segment list lies
    /// within it, and so do the TLVs, every one of them, to the last octet. The built-in code takes
    /// the octet after a Pad1 for its length.
    ///
    /// End.DT4 does not need any of that to go on when no segments are left (RFC 8754 §4.3.1.1):
    /// this is for who wants to know what the header says.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; FIXED_LEN] = data.first_chunk()?;
        let header = data.get(..(usize::from(fixed[HDR_EXT_LEN]) + 1) << 3)?;
        let list_end = FIXED_LEN + (usize::from(fixed[LAST_ENTRY]) + 1) * SEGMENT_LEN;
        let srh = Self {
            fixed,
            segments: header.get(FIXED_LEN..list_end)?,
            tlvs: header.get(list_end..)?,
        };
        tlvs_are_whole(srh.tlvs).then_some(srh)
    }

    /// The segment that the packet is on its way to, Segment List\[Segments Left\]. A reduced header
    /// (RFC 8754 §4.1.1) does not have the first one.
    pub fn current_segment(&self) -> Option<&'a Segment> {
        let at = usize::from(self.fixed[SEGMENTS_LEFT]) * SEGMENT_LEN;
        self.segments.get(at..)?.first_chunk()
    }

    /// Whether the H flag is set.
    pub fn has_hmac_flag(&self) -> bool {
        self.fixed[FLAGS] & FLAG_HMAC != 0
    }

    /// All TLVs.
    pub fn tlvs(&self) -> &'a [u8] {
        self.tlvs
    }
}

/// Whether the TLVs end where the header ends, RFC 8754 §2.1. Types are not looked at: a node
/// skips those it does not know.
fn tlvs_are_whole(mut tlvs: &[u8]) -> bool {
    loop {
        tlvs = match tlvs {
            [] => return true,
            [TLV_PAD1, rest @ ..] => rest,
            [_, len, rest @ ..] => match rest.get(usize::from(*len)..) {
                Some(rest) => rest,
                None => return false,
            },
            [_] => return false,
        };
    }
}

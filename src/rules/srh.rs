// SPDX-License-Identifier: GPL-2.0

//! The segment routing header, RFC 8754 §2.

/// Its routing type.
pub const ROUTING_TYPE: u8 = 4;

/// Length without segment list and TLVs, in octets.
pub const FIXED_LEN: usize = 8;

/// Length of a segment, in octets.
const SEGMENT_LEN: usize = 16;

/// Offsets of the fields.
const HDR_EXT_LEN: usize = 1;
const SEGMENTS_LEFT: usize = 3;
const LAST_ENTRY: usize = 4;

/// Type of the TLV that pads by one octet and has no length, RFC 8754 §2.1.1.1.
const TLV_PAD1: u8 = 0;

/// What is known of a valid segment routing header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Valid {
    /// Whether TLVs follow the segment list.
    pub has_tlvs: bool,
}

/// Checks a segment routing header; `header` is all of it, by its own Hdr Ext Len.
///
/// - Last Entry: the segment list lies within the header.
/// - Segments Left: at most Last Entry + 1, which is what a reduced header (RFC 8754 §4.1.1)
///   starts with; at most Last Entry in all others, which cannot be told from here.
/// - TLVs: every one of them, to the last octet. The built-in code takes the octet after a Pad1
///   for its length.
#[inline]
pub fn validate(header: &[u8]) -> Option<Valid> {
    let fixed: &[u8; FIXED_LEN] = header.first_chunk()?;
    if header.len() != (usize::from(fixed[HDR_EXT_LEN]) + 1) << 3 {
        return None;
    }
    let last_entry = usize::from(fixed[LAST_ENTRY]);
    if usize::from(fixed[SEGMENTS_LEFT]) > last_entry + 1 {
        return None;
    }
    let tlvs = header.get(FIXED_LEN + (last_entry + 1) * SEGMENT_LEN..)?;
    if tlvs.is_empty() {
        return Some(Valid { has_tlvs: false });
    }
    tlvs_are_whole(tlvs).then_some(Valid { has_tlvs: true })
}

/// Whether the TLVs end where the header ends, RFC 8754 §2.1. Types are not looked at: a node
/// skips those it does not know.
#[cold]
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

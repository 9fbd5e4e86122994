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
const LAST_ENTRY: usize = 4;

/// Type of the TLV that pads by one octet and has no length, RFC 8754 §2.1.1.1.
const TLV_PAD1: u8 = 0;

/// Whether the header that `data` begins with is all there and in order: the segment list lies within
/// it, and so do the TLVs, every one of them, to the last octet. The built-in code takes the octet
/// after a Pad1 for its length.
///
/// End.DT4 does not need any of that to go on when no segments are left (RFC 8754 §4.3.1.1): this is
/// for who wants to know what the header says.
pub fn is_in_order(data: &[u8]) -> bool {
    let Some(fixed) = data.first_chunk::<FIXED_LEN>() else {
        return false;
    };
    let list_end = FIXED_LEN + (usize::from(fixed[LAST_ENTRY]) + 1) * SEGMENT_LEN;
    data.get(..(usize::from(fixed[HDR_EXT_LEN]) + 1) << 3)
        .and_then(|header| header.get(list_end..))
        .is_some_and(tlvs_are_whole)
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

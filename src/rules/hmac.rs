// SPDX-License-Identifier: GPL-2.0

//! What an HMAC of a segment routing header is good for, RFC 8754 §2.1.2.
//!
//! It covers the segment list, but neither the destination address nor Segments Left. Were they not
//! compared, one signed packet that somebody has seen would open every SID. The kernel's check
//! leaves that out.

use super::srh::{Segment, Srh};

/// The HMAC TLV: its type, and its length without type and length.
const TLV_TYPE: u8 = 5;
const TLV_LEN: u8 = 38;

/// All of it, in octets.
const TLV_SIZE: usize = 40;

/// The locator block of compressed SIDs, 32 bits, and their length in bits: what RFC 9800 calls
/// F3216, which the kernel takes where a route of NEXT-CSID says nothing else. Only these, since a
/// node that sees an address cannot tell its block: with others accepted as well, the container
/// of one block would be one of another, too, and open a SID in that.
const LOCATOR_BLOCK: u128 = !(!0 >> 32);
const CSID_BITS: u32 = 16;

/// How many compressed SIDs fit behind the locator block.
const MAX_CSIDS: usize = 6;

/// Whether the header has an HMAC, as `seg6_get_tlv_hmac()` of the kernel has it: the H flag is
/// set, and the last octets are such a TLV.
pub fn is_present(srh: &Srh<'_>) -> bool {
    srh.has_hmac_flag()
        && matches!(
            srh.tlvs().last_chunk::<TLV_SIZE>(),
            Some([TLV_TYPE, TLV_LEN, ..])
        )
}

/// Whether a packet to `destination` is one that the header, whose HMAC is right, was signed for:
/// the destination address is the current segment (RFC 8754 §2.1.2.1), or what is left of it when
/// it is a container of compressed SIDs.
///
/// If the current segment is not in the list, there is nothing to compare. That this is meant, says
/// the D flag of the HMAC TLV, which the kernel's HMAC does not cover.
pub fn covers(srh: &Srh<'_>, destination: &Segment) -> bool {
    match srh.current_segment() {
        None => false,
        Some(segment) => segment == destination || is_left_of(segment, destination),
    }
}

/// Whether `destination` is what endpoints with the NEXT-CSID flavor have left of `container`,
/// RFC 9800 §4.1: the locator block, without those compressed SIDs that were processed, and as many
/// zeros at the end.
///
/// At least two have to be left, the node and its function. A function alone is what the node makes
/// of that for itself: it is local (RFC 9800 §5), so at another node it is another SID.
fn is_left_of(container: &Segment, destination: &Segment) -> bool {
    // The first and the second compressed SID.
    const FIRST: u128 = !LOCATOR_BLOCK & (LOCATOR_BLOCK >> CSID_BITS);
    const SECOND: u128 = FIRST >> CSID_BITS;

    let mut address = u128::from_be_bytes(*container);
    let destination = u128::from_be_bytes(*destination);
    for _ in 0..MAX_CSIDS {
        // The value 0 is the end of a container: a SID that is none is not shifted.
        if address & FIRST == 0 {
            return false;
        }
        address = (address & LOCATOR_BLOCK) | ((address << CSID_BITS) & !LOCATOR_BLOCK);
        if address == destination {
            return address & FIRST != 0 && address & SECOND != 0;
        }
    }
    false
}

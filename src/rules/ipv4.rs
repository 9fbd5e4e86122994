// SPDX-License-Identifier: GPL-2.0

//! The header of the inner packet, RFC 791 §3.1, checked as `ip_rcv_core()` does.

/// Length of a header without options, in octets.
pub const MIN_HEADER_LEN: usize = 20;

/// What a valid header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Header {
    /// Length of the header with options, in octets.
    pub header_len: usize,
    /// Length of the packet, in octets. 0 in packets that are too long for the field, which the
    /// kernel makes by aggregating TCP segments.
    pub total_len: usize,
    /// The ECN field, two bits.
    pub ecn: u8,
}

/// Why a header is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed.
    NeedMore(usize),
    /// The version is not 4, or the header shorter than it must be.
    Malformed,
    /// The checksum is wrong.
    Checksum,
}

/// Checks the header of a packet that begins with `data`.
#[inline]
pub fn validate(data: &[u8]) -> Result<Ipv4Header, Refusal> {
    let Some(fixed) = data.first_chunk::<MIN_HEADER_LEN>() else {
        return Err(need_more(MIN_HEADER_LEN));
    };
    // All that is read of the first word is read at once: for speed, and so that the compiler knows
    // it again where the lengths are compared with the header, `SkBuff::into_ipv4()`.
    let Some(word) = fixed.first_chunk() else {
        return Err(need_more(MIN_HEADER_LEN));
    };
    let word = u32::from_le_bytes(*word);
    // Version 4, and five to fifteen words.
    let more_words = (word as u8).wrapping_sub(0x45);
    if more_words > 10 {
        return Err(Refusal::Malformed);
    }
    let header_len = MIN_HEADER_LEN + (usize::from(more_words) << 2);
    let Some(header) = data.get(..header_len) else {
        return Err(need_more(header_len));
    };
    if !checksum_is_right(header) {
        return Err(Refusal::Checksum);
    }
    Ok(Ipv4Header {
        header_len,
        total_len: usize::from(((word >> 16) as u16).swap_bytes()),
        ecn: (word >> 8) as u8 & 3,
    })
}

#[cold]
fn need_more(len: usize) -> Refusal {
    Refusal::NeedMore(len)
}

/// Whether the checksum of a header is right; `header` is all of it, and not all zero. RFC 1071.
#[inline]
pub fn checksum_is_right(header: &[u8]) -> bool {
    let Some((fixed, options)) = header.split_first_chunk::<MIN_HEADER_LEN>() else {
        return false;
    };
    // Nearly every header is just this long: no loop for those.
    let mut sum =
        word(fixed, 0) + word(fixed, 4) + word(fixed, 8) + word(fixed, 12) + word(fixed, 16);
    let mut options = options.chunks_exact(4);
    for option in &mut options {
        let &[a, b, c, d] = option else { return false };
        sum = sum.wrapping_add(u32::from_ne_bytes([a, b, c, d]).into());
    }
    // The ones' complement sum is what remains of the sum modulo 0xffff, whatever the byte order.
    // It is right if that is 0, written as 0xffff. A number is a multiple of an odd one if its
    // product with the inverse modulo 2^64 is small.
    options.remainder().is_empty() && sum.wrapping_mul(INVERSE) <= u64::MAX / 0xffff
}

/// The inverse of 0xffff modulo 2^64.
const INVERSE: u64 = 0xfffe_fffe_fffe_ffff;
const _: () = assert!(INVERSE.wrapping_mul(0xffff) == 1);

/// The word at `at`, as the machine reads it.
#[inline]
fn word(header: &[u8; MIN_HEADER_LEN], at: usize) -> u64 {
    u32::from_ne_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]).into()
}

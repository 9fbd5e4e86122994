// SPDX-License-Identifier: GPL-2.0

//! The header of the inner packet, RFC 791 §3.1, checked as `ip_rcv_core()` does.

/// Length of a header without options, in octets.
pub const MIN_HEADER_LEN: usize = 20;

/// What the fixed part of a header says.
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

impl Ipv4Header {
    /// Reads the fixed part; [`None`] if the version is not 4 or the header shorter than it must
    /// be.
    #[inline]
    pub fn parse(fixed: &[u8; MIN_HEADER_LEN]) -> Option<Self> {
        let header_len = usize::from(fixed[0] & 0xf) << 2;
        if fixed[0] >> 4 != 4 || header_len < MIN_HEADER_LEN {
            return None;
        }
        Some(Self {
            header_len,
            total_len: usize::from(u16::from_be_bytes([fixed[2], fixed[3]])),
            ecn: fixed[1] & 3,
        })
    }
}

/// Whether the checksum of a header is right; `header` is all of it. RFC 1071.
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
    // The sum of 15 words has less than 36 bits, and two folds make 16 of them. The ones'
    // complement sum does not depend on the byte order.
    sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    options.remainder().is_empty() && sum == 0xffff
}

/// The word at `at`, as the machine reads it.
#[inline]
fn word(header: &[u8; MIN_HEADER_LEN], at: usize) -> u64 {
    u32::from_ne_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]).into()
}

// SPDX-License-Identifier: GPL-2.0

//! RFC 8754 §2.

use super::bits;

/// A segment routing header that is in order.
#[derive(Debug)]
pub struct Srh {
    pub segments_left: usize,
    pub flags: usize,
    pub segments: Vec<Vec<u8>>,
    /// All TLVs as they are.
    pub tlvs: Vec<u8>,
}

/// The header that some octets begin with, by its fields; [`None`] if it is not in order.
pub fn parse(octets: &[u8]) -> Option<Srh> {
    if octets.len() < 8 {
        return None;
    }
    let hdr_ext_len = bits(octets, 8, 8);
    let last_entry = bits(octets, 32, 8);
    if octets.len() < 8 + 8 * hdr_ext_len {
        return None;
    }

    // §4.3.1.1, S05 and S06.
    let max_last_entry = (hdr_ext_len as isize / 2) - 1;
    if last_entry as isize > max_last_entry {
        return None;
    }

    let mut rest = octets[8..8 + 8 * hdr_ext_len].iter().copied();
    let segments = (0..=last_entry)
        .map(|_| rest.by_ref().take(16).collect())
        .collect();
    let tlvs = rest.collect();
    skip_tlvs(&tlvs)?;
    Some(Srh {
        segments_left: bits(octets, 24, 8),
        flags: bits(octets, 40, 8),
        segments,
        tlvs,
    })
}

/// Goes over the TLVs, §2.1, to the last octet.
fn skip_tlvs(tlvs: &Vec<u8>) -> Option<()> {
    let mut octets = tlvs.iter();
    while let Some(kind) = octets.next() {
        // Pad1 has no length.
        if *kind == 0 {
            continue;
        }
        for _ in 0..*octets.next()? {
            octets.next()?;
        }
    }
    Some(())
}

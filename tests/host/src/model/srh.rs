// SPDX-License-Identifier: GPL-2.0

//! RFC 8754 §2.

use super::bits;

/// A segment routing header.
#[derive(Debug)]
pub struct Srh {
    pub hdr_ext_len: usize,
    pub segments_left: usize,
    pub last_entry: usize,
    pub segments: Vec<Vec<u8>>,
    pub tlvs: Vec<Tlv>,
}

/// A TLV, RFC 8754 §2.1.
#[derive(Debug)]
pub enum Tlv {
    Pad1,
    Other { kind: u8, value: Vec<u8> },
}

/// A valid header by its fields; [`None`] if it is not valid.
pub fn parse(header: &[u8]) -> Option<Srh> {
    if header.len() < 8 {
        return None;
    }
    let hdr_ext_len = bits(header, 8, 8);
    let segments_left = bits(header, 24, 8);
    let last_entry = bits(header, 32, 8);
    if header.len() != 8 + 8 * hdr_ext_len {
        return None;
    }

    // §4.3.1.1, S05 to S08.
    let max_last_entry = (hdr_ext_len as isize / 2) - 1;
    if last_entry as isize > max_last_entry || segments_left > last_entry + 1 {
        return None;
    }

    let mut rest = header[8..].iter().copied();
    let segments = (0..=last_entry)
        .map(|_| rest.by_ref().take(16).collect())
        .collect();
    Some(Srh {
        hdr_ext_len,
        segments_left,
        last_entry,
        segments,
        tlvs: parse_tlvs(rest)?,
    })
}

fn parse_tlvs(mut octets: impl Iterator<Item = u8>) -> Option<Vec<Tlv>> {
    let mut tlvs = Vec::new();
    while let Some(kind) = octets.next() {
        if kind == 0 {
            tlvs.push(Tlv::Pad1);
            continue;
        }
        let length = octets.next()?.into();
        let value: Vec<u8> = octets.by_ref().take(length).collect();
        if value.len() != length {
            return None;
        }
        tlvs.push(Tlv::Other { kind, value });
    }
    Some(tlvs)
}

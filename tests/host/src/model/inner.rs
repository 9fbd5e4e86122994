// SPDX-License-Identifier: GPL-2.0

//! An inner packet: the header, and whether the buffer is as long as that says.

use super::{inner_ipv6, ipv4};
use crate::rules::{
    inner::{Inner, Length, Refusal},
    inner_ipv6 as rules_ipv6, ipv4 as rules_ipv4,
};

/// What there is to say about an IPv4 packet with all of its buffer.
pub fn judge_ipv4(buffer: &[u8], is_aggregate: bool) -> Result<Inner, Refusal> {
    let header = match ipv4::judge(buffer) {
        Ok(header) => header,
        Err(rules_ipv4::Refusal::NeedMore(_)) => return Err(Refusal::Truncated),
        Err(rules_ipv4::Refusal::Malformed) => return Err(Refusal::Malformed),
        Err(rules_ipv4::Refusal::Checksum) => return Err(Refusal::Checksum),
    };
    let len = match header.total_len {
        0 if is_aggregate => Length::Oversized,
        len if len < header.header_len => return Err(Refusal::Malformed),
        len => compare(len, buffer.len())?,
    };
    Ok(Inner {
        header_len: header.header_len,
        len,
        ecn: header.ecn,
    })
}

/// The same of an IPv6 packet: RFC 2675 wants a Payload Length of 0 and hop-by-hop options.
pub fn judge_ipv6(buffer: &[u8], is_aggregate: bool) -> Result<Inner, Refusal> {
    let header = match inner_ipv6::judge(buffer) {
        Ok(header) => header,
        Err(rules_ipv6::Refusal::NeedMore(_)) => return Err(Refusal::Truncated),
        Err(rules_ipv6::Refusal::Malformed) => return Err(Refusal::Malformed),
        Err(rules_ipv6::Refusal::Address) => return Err(Refusal::Address),
    };
    let len = match header.total_len {
        40 if buffer.len() > 40 && (is_aggregate || buffer[6] == 0) => Length::Oversized,
        len => compare(len, buffer.len())?,
    };
    Ok(Inner {
        header_len: 40,
        len,
        ecn: header.ecn,
    })
}

fn compare(announced: usize, there: usize) -> Result<Length, Refusal> {
    match announced {
        _ if announced > there => Err(Refusal::Truncated),
        _ if announced < there => Ok(Length::Padded(announced)),
        _ => Ok(Length::Whole),
    }
}

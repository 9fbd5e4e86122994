// SPDX-License-Identifier: GPL-2.0

//! RFC 8200 §4.2 and §4.3, RFC 2675 §2, RFC 2711 §2.1, RFC 4942 §2.1.9.5, and the kernel's limits.

use super::bits;
use crate::rules::hop_by_hop::{Limits, Options, Refusal};

const ROUTER_ALERT: u8 = 5;
const CALIPSO: u8 = 7;
const IOAM: u8 = 49;
const JUMBO: u8 = 194;

/// A piece of the header.
enum Piece<'a> {
    Padding {
        octets: &'a [u8],
    },
    Option {
        at: usize,
        kind: u8,
        data: &'a [u8],
    },
    /// What is no option to the end of the header.
    Rest,
}

/// All pieces behind the first two octets of a header that ends at `end`.
fn pieces(packet: &[u8], end: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut at = 42;
    while at < end {
        let kind = packet[at];
        if kind == 0 {
            pieces.push(Piece::Padding {
                octets: &packet[at..at + 1],
            });
            at += 1;
            continue;
        }
        if at + 1 == end || at + 2 + usize::from(packet[at + 1]) > end {
            pieces.push(Piece::Rest);
            break;
        }
        let data = &packet[at + 2..at + 2 + usize::from(packet[at + 1])];
        pieces.push(if kind == 1 {
            Piece::Padding {
                octets: &packet[at..at + 2 + data.len()],
            }
        } else {
            Piece::Option { at, kind, data }
        });
        at += 2 + data.len();
    }
    pieces
}

/// What there is to say about the options of a packet.
pub fn judge(packet: &[u8], limits: Limits) -> Result<Options, Refusal> {
    if packet.len() < 42 {
        return Err(Refusal::NeedMore(48));
    }
    let end = 40 + 8 * (usize::from(packet[41]) + 1);
    if packet.len() < end {
        return Err(Refusal::NeedMore(end));
    }
    if end - 40 > limits.len {
        return Err(Refusal::Malformed);
    }
    let mut said = Options {
        len: end - 40,
        router_alert: None,
        jumbo: None,
    };
    let mut padding: Vec<u8> = Vec::new();
    let mut number = 0;
    for piece in pieces(packet, end) {
        match piece {
            Piece::Rest => return Err(Refusal::Malformed),
            Piece::Padding { octets } => {
                padding.extend(octets);
                let content = octets.get(2..).unwrap_or_default();
                if padding.len() > 7 || content.iter().any(|octet| *octet != 0) {
                    return Err(Refusal::Malformed);
                }
            }
            Piece::Option { at, kind, data } => {
                padding.clear();
                number += 1;
                if number > i64::from(limits.number).abs() {
                    return Err(Refusal::Malformed);
                }
                judge_option(packet, at, kind, data, limits.number >= 0, &mut said)?;
            }
        }
    }
    Ok(said)
}

fn judge_option(
    packet: &[u8],
    at: usize,
    kind: u8,
    data: &[u8],
    unknown_is_fine: bool,
    said: &mut Options,
) -> Result<(), Refusal> {
    let fine = match kind {
        ROUTER_ALERT => {
            said.router_alert = data.try_into().ok().map(u16::from_ne_bytes);
            data.len() == 2
        }
        IOAM => at % 4 == 0,
        CALIPSO => false,
        JUMBO if data.len() == 4 && at % 4 == 2 => {
            let len = bits(data, 0, 32) as u32;
            if len < 65536 {
                return Err(Refusal::Field(at + 2));
            }
            if bits(packet, 32, 16) != 0 {
                return Err(Refusal::Field(at));
            }
            said.jumbo = Some(len);
            true
        }
        JUMBO => false,
        _ => match (unknown_is_fine, kind >> 6, packet[24]) {
            (false, _, _) | (true, 1, _) | (true, 3, 0xff) => false,
            (true, 0, _) => true,
            (true, _, _) => return Err(Refusal::Unknown(at)),
        },
    };
    if fine {
        Ok(())
    } else {
        Err(Refusal::Malformed)
    }
}

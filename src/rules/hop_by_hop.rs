// SPDX-License-Identifier: GPL-2.0

//! The hop-by-hop options of an inner IPv6 packet, RFC 8200 §4.3.
//!
//! Follows `ipv6_parse_hopopts()` and `ip6_parse_tlv()`, which no module can call.

use super::inner_ipv6::HEADER_LEN;

/// Option types; the kernel's `IPV6_TLV_*`.
mod option {
    pub(super) const PAD1: u8 = 0;
    pub(super) const PADN: u8 = 1;
    pub(super) const ROUTER_ALERT: u8 = 5;
    pub(super) const CALIPSO: u8 = 7;
    pub(super) const IOAM: u8 = 49;
    pub(super) const JUMBO: u8 = 194;
}

/// The largest payload that the IPv6 header can announce, in octets.
const MAX_PAYLOAD_LEN: u32 = 65_535;

/// How much padding may be in one place, in octets.
const MAX_PADDING: usize = 7;

/// What the operator allows: `net.ipv6.max_hbh_length`, `net.ipv6.max_hbh_opts_number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the whole header, in octets.
    pub len: usize,
    /// Of options, without padding. A negative number forbids options that are not known, too.
    pub number: i32,
}

/// What acceptable options say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long the header is, in octets.
    pub len: usize,
    /// The value of a router alert option (RFC 2711), in network byte order.
    pub router_alert: Option<u16>,
    /// The length of a jumbogram without its IPv6 header (RFC 2675), in octets.
    pub jumbo: Option<u32>,
}

/// Why options are not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not known yet: the first `usize` octets of the packet are needed.
    NeedMore(usize),
    /// The packet is shorter than the options, or than they say.
    Truncated,
    /// They are malformed, or too many.
    Malformed,
    /// One, at that offset from the IPv6 header, is not known, and a packet with it is not to be
    /// passed on; the source is to be told.
    Unknown(usize),
    /// What a jumbo option, at that offset, says contradicts the IPv6 header; the source is to be told.
    Field(usize),
}

/// Checks the options of a packet of `len` octets that begins with `data`, an IPv6 header that
/// announces them.
pub fn check(data: &[u8], len: usize, limits: Limits) -> Result<Options, Refusal> {
    let data = data.get(..len).unwrap_or(data);
    match parse(data, limits) {
        Err(Refusal::NeedMore(wanted)) if wanted > len => Err(Refusal::Truncated),
        Ok(Options {
            jumbo: Some(payload),
            ..
        }) if (payload as usize).saturating_add(HEADER_LEN) > len => Err(Refusal::Truncated),
        answer => answer,
    }
}

/// Reads the options, as far as they are at hand. What they say of the packet's length is not compared
/// with it.
pub fn parse(data: &[u8], limits: Limits) -> Result<Options, Refusal> {
    // Next Header, and the length in units of eight octets without the first.
    let field = data
        .get(HEADER_LEN + 1)
        .ok_or(Refusal::NeedMore(HEADER_LEN + 8))?;
    let len = (usize::from(*field) + 1) << 3;
    let end = HEADER_LEN + len;
    let packet = data.get(..end).ok_or(Refusal::NeedMore(end))?;
    if len > limits.len {
        return Err(Refusal::Malformed);
    }
    let mut options = Options {
        len,
        router_alert: None,
        jumbo: None,
    };
    let (mut at, mut padding, mut number) = (HEADER_LEN + 2, 0_usize, 0_u32);
    while let Some(&[kind, ref rest @ ..]) = packet.get(at..).filter(|rest| !rest.is_empty()) {
        let data = match (kind, rest) {
            (option::PAD1, _) => &[],
            (_, &[len, ref rest @ ..]) => rest.get(..len.into()).ok_or(Refusal::Malformed)?,
            _ => return Err(Refusal::Malformed),
        };
        let len = match kind {
            option::PAD1 => 1,
            _ => data.len().saturating_add(2),
        };
        if kind == option::PAD1 || kind == option::PADN {
            padding = len.saturating_add(padding);
            // RFC 4942 §2.1.9.5
            if padding > MAX_PADDING || data.iter().any(|&octet| octet != 0) {
                return Err(Refusal::Malformed);
            }
        } else {
            padding = 0;
            number = u32::saturating_add(number, 1);
            if number > limits.number.unsigned_abs() {
                return Err(Refusal::Malformed);
            }
            options.take(packet, at, kind, data, limits)?;
        }
        at = len.saturating_add(at);
    }
    Ok(options)
}

impl Options {
    /// Takes an option at `at` into account that is not padding.
    fn take(
        &mut self,
        packet: &[u8],
        at: usize,
        kind: u8,
        data: &[u8],
        limits: Limits,
    ) -> Result<(), Refusal> {
        match (kind, data) {
            (option::ROUTER_ALERT, &[a, b]) => self.router_alert = Some(u16::from_ne_bytes([a, b])),
            // Traces are for the operator of the core: none is recorded in a tenant's packet.
            (option::IOAM, _) if at % 4 == 0 => {}
            (option::JUMBO, &[a, b, c, d]) if at % 4 == 2 => {
                let len = u32::from_be_bytes([a, b, c, d]);
                if len <= MAX_PAYLOAD_LEN {
                    return Err(Refusal::Field(at.saturating_add(2)));
                }
                if packet.get(4..6) != Some(&[0, 0]) {
                    return Err(Refusal::Field(at));
                }
                self.jumbo = Some(len);
            }
            // Labels mean something within one administration, and a tenant's is another.
            (option::ROUTER_ALERT | option::IOAM | option::JUMBO | option::CALIPSO, _) => {
                return Err(Refusal::Malformed)
            }
            _ if limits.number < 0 => return Err(Refusal::Malformed),
            _ => return unknown(packet, at, kind),
        }
        Ok(())
    }
}

/// What an option that is not known wants to be done, by the two highest bits of its type.
fn unknown(packet: &[u8], at: usize, kind: u8) -> Result<(), Refusal> {
    let to_multicast = packet.get(24) == Some(&0xff);
    match kind >> 6 {
        0 => Ok(()),
        1 => Err(Refusal::Malformed),
        3 if to_multicast => Err(Refusal::Malformed),
        _ => Err(Refusal::Unknown(at)),
    }
}

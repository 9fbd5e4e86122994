// SPDX-License-Identifier: GPL-2.0

//! The options of the inner packet, RFC 791 §3.1: whether the kernel will take them.
//!
//! Follows `ip_options_compile()`, which changes the packet as it reads: this is for who may not.

/// Option types; the kernel's `IPOPT_*`.
mod option {
    pub(super) const END: u8 = 0;
    pub(super) const NO_OPERATION: u8 = 1;
    pub(super) const RECORD_ROUTE: u8 = 7;
    pub(super) const TIMESTAMP: u8 = 68;
    pub(super) const LOOSE_SOURCE_ROUTE: u8 = 131;
    pub(super) const CIPSO: u8 = 134;
    pub(super) const STRICT_SOURCE_ROUTE: u8 = 137;
    pub(super) const ROUTER_ALERT: u8 = 148;
}

/// Flags of a timestamp option: with addresses, and with those that the sender has set.
const WITH_ADDRESSES: u8 = 1;
const PRESPECIFIED: u8 = 3;

/// What becomes of a packet with some options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They are in order.
    Acceptable,
    /// One is malformed, or demands source routing.
    Refused,
    /// That depends on how the kernel is set up for security labels (CIPSO).
    Unknown,
}

/// Looks at the options of a header, all of them.
pub fn check(options: &[u8]) -> Answer {
    let mut rest = options;
    let mut seen = Seen::default();
    loop {
        rest = match *rest {
            [] | [option::END, ..] => break,
            [option::NO_OPERATION, ..] => &rest[1..],
            [_, len, ..] => {
                let Some((this, behind)) = rest.split_at_checked(len.into()) else {
                    return Answer::Refused;
                };
                if !seen.takes(this) {
                    return Answer::Refused;
                }
                behind
            }
            [_] => return Answer::Refused,
        };
    }
    if seen.cipso {
        Answer::Unknown
    } else {
        Answer::Acceptable
    }
}

/// The options that may be there but once.
#[derive(Default)]
struct Seen {
    record_route: bool,
    timestamp: bool,
    cipso: bool,
}

impl Seen {
    /// Whether one more option is in order; it is as long as it says.
    fn takes(&mut self, option: &[u8]) -> bool {
        // Shorter than type and length.
        let &[kind, len, ref data @ ..] = option else {
            return false;
        };
        let first = |seen: &mut bool| !core::mem::replace(seen, true);
        match kind {
            option::LOOSE_SOURCE_ROUTE | option::STRICT_SOURCE_ROUTE => false,
            option::RECORD_ROUTE => {
                first(&mut self.record_route)
                    && matches!(*data, [at, ..] if at >= 4 && (at > len || fits(at, 4, len)))
            }
            option::TIMESTAMP => {
                first(&mut self.timestamp)
                    && matches!(*data, [at, flags, ..] if at >= 5 && timestamp_fits(at, flags, len))
            }
            option::ROUTER_ALERT => len >= 4,
            option::CIPSO => first(&mut self.cipso),
            _ => true,
        }
    }
}

/// Whether there is room for `number` octets from octet `at` on, counted from 1.
fn fits(at: u8, number: u16, len: u8) -> bool {
    u16::from(at) + number - 1 <= u16::from(len)
}

fn timestamp_fits(at: u8, flags: u8, len: u8) -> bool {
    let kind = flags & 0xf;
    if at > len {
        // It is full: those who had no room are counted, up to 15.
        return kind == PRESPECIFIED || flags >> 4 != 15;
    }
    match kind {
        WITH_ADDRESSES | PRESPECIFIED => fits(at, 8, len),
        _ => fits(at, 4, len),
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Explicit congestion notification at the end of a tunnel, RFC 6040 §4.2.

/// Codepoints of the ECN field, RFC 3168 §5.
pub const NOT_ECT: u8 = 0b00;
/// ECN-capable transport, experimental use.
pub const ECT_1: u8 = 0b01;
/// ECN-capable transport.
pub const ECT_0: u8 = 0b10;
/// Congestion experienced.
pub const CE: u8 = 0b11;

/// What to do with the inner header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Keep,
    /// Set the field to this codepoint.
    Set(u8),
    /// Drop the packet: it met congestion, and its transport would not understand.
    Drop,
}

/// Combines the ECN fields of the outer and the inner header, RFC 6040 figure 4.
#[inline]
pub fn decapsulate(outer: u8, inner: u8) -> Action {
    if outer & ECT_1 == 0 {
        // Neither CE nor ECT(1), as in nearly all packets.
        return Action::Keep;
    }
    carry_over(outer, inner)
}

#[cold]
fn carry_over(outer: u8, inner: u8) -> Action {
    match (inner, outer) {
        (NOT_ECT, CE) => Action::Drop,
        (ECT_0 | ECT_1, CE) => Action::Set(CE),
        (ECT_0, ECT_1) => Action::Set(ECT_1),
        _ => Action::Keep,
    }
}

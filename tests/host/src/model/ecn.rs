// SPDX-License-Identifier: GPL-2.0

//! RFC 6040 §4.2.

use crate::rules::ecn::Action;

/// Figure 4 as it is printed: a row for each inner codepoint, a column for each outer one, both in
/// the order Not-ECT, ECT(0), ECT(1), CE; in the cells the outgoing codepoint, or drop.
const FIGURE_4: [[Option<u8>; 4]; 4] = [
    [Some(0b00), Some(0b00), Some(0b00), None],
    [Some(0b10), Some(0b10), Some(0b01), Some(0b11)],
    [Some(0b01), Some(0b01), Some(0b01), Some(0b11)],
    [Some(0b11), Some(0b11), Some(0b11), Some(0b11)],
];

/// The codepoints in the order of the figure.
const ORDER: [u8; 4] = [0b00, 0b10, 0b01, 0b11];

/// What becomes of the inner codepoint; [`None`] if the packet is dropped.
pub fn outgoing(outer: u8, inner: u8) -> Option<u8> {
    let place = |codepoint| ORDER.iter().position(|&c| c == codepoint).unwrap();
    FIGURE_4[place(inner)][place(outer)]
}

/// The codepoint that an action leaves behind.
pub fn result(action: Action, inner: u8) -> Option<u8> {
    match action {
        Action::Keep => Some(inner),
        Action::Set(codepoint) => Some(codepoint),
        Action::Drop => None,
    }
}

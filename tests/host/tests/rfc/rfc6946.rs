// SPDX-License-Identifier: GPL-2.0

//! Atomic fragments: a fragment header on a packet that is whole.

use super::payload;
use host::{packet::*, rules::ipv6::Refusal};

#[test]
fn section_4_atomic_fragments_are_whole_packets() {
    assert_eq!(payload(&[fragment(0)]), Ok(48));
    assert_eq!(payload(&[fragment(0), srh(0, 0, &[])]), Ok(72));
}

#[test]
fn section_4_reserved_bits_do_not_make_a_fragment() {
    for reserved in [0b010, 0b100, 0b110] {
        assert_eq!(payload(&[fragment(reserved)]), Ok(48));
    }
}

#[test]
fn section_4_every_other_bit_does() {
    for bit in (0..16).filter(|bit| ![1, 2].contains(bit)) {
        let answer = payload(&[fragment(1 << bit)]);
        assert!(matches!(answer, Err(Refusal::Fragment(_))), "{answer:?}");
    }
}

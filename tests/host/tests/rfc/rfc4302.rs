// SPDX-License-Identifier: GPL-2.0

//! The authentication header.

use super::{payload, walk};
use host::{compare::TRUNCATED, packet::*};

#[test]
fn section_2_2_length_is_in_words_less_two() {
    for length in [0, 1, 4, 255] {
        let len = 4 * (usize::from(length) + 2);
        assert_eq!(payload(&[authentication(length)]), Ok(40 + len));
    }
}

#[test]
fn section_2_2_the_header_is_whole() {
    let packet = ipv4_packet(&[authentication(4)]);
    assert_eq!(walk(&packet[..63]), Err(TRUNCATED));
    assert!(walk(&packet[..64]).is_ok());
}

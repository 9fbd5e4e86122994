// SPDX-License-Identifier: GPL-2.0

//! Hop-by-hop options, §4.2 and §4.3, as `ipv6_parse_hopopts()` of the kernel takes them.

use host::{
    packet::{packet, Extension, HOP_BY_HOP},
    rules::hop_by_hop::{parse, Limits, Options, Refusal},
};

/// As a kernel has them that nobody has changed.
const LIMITS: Limits = Limits {
    len: i32::MAX as usize,
    number: 8,
};

/// A packet to a unicast address with these options, which end their header.
fn with(options: &[u8]) -> Vec<u8> {
    let octets = [&[0, ((options.len() + 2) / 8 - 1) as u8], options].concat();
    assert_eq!(octets.len() % 8, 0);
    let protocol = HOP_BY_HOP;
    let mut packet = packet(&[Extension { protocol, octets }], 59, &[]);
    packet[24] = 0x20;
    packet
}

fn say(options: &[u8]) -> Result<Options, Refusal> {
    parse(&with(options), LIMITS)
}

fn plain(len: usize) -> Options {
    Options {
        len,
        router_alert: None,
        jumbo: None,
    }
}

#[test]
fn padding_is_short_and_zero() {
    for options in [[1, 4, 0, 0, 0, 0], [0; 6], [1, 0, 1, 2, 0, 0]] {
        assert_eq!(say(&options), Ok(plain(8)), "{options:?}");
    }
    assert_eq!(say(&[1, 4, 0, 0, 0, 1]), Err(Refusal::Malformed));
    assert_eq!(
        say(&[1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        Err(Refusal::Malformed)
    );
    assert_eq!(say(&[0; 14]), Err(Refusal::Malformed));
}

#[test]
fn an_option_is_as_long_as_it_says() {
    assert_eq!(say(&[30, 4, 9, 9, 9, 9]), Ok(plain(8)));
    assert_eq!(say(&[30, 5, 9, 9, 9, 9]), Err(Refusal::Malformed));
    assert_eq!(say(&[1, 3, 0, 0, 0, 30]), Err(Refusal::Malformed));
}

#[test]
fn who_does_not_know_an_option_does_what_its_type_says() {
    let option = |kind| [kind, 4, 0, 0, 0, 0];
    assert_eq!(say(&option(0x1e)), Ok(plain(8)));
    assert_eq!(say(&option(0x5e)), Err(Refusal::Malformed));
    assert_eq!(say(&option(0x9e)), Err(Refusal::Unknown(42)));
    assert_eq!(say(&option(0xde)), Err(Refusal::Unknown(42)));
    let mut to_group = with(&option(0xde));
    to_group[24] = 0xff;
    assert_eq!(parse(&to_group, LIMITS), Err(Refusal::Malformed));
}

#[test]
fn a_router_is_alerted() {
    let expected = Options {
        router_alert: Some(u16::to_be(3)),
        ..plain(8)
    };
    assert_eq!(say(&[5, 2, 0, 3, 1, 0]), Ok(expected));
    assert_eq!(say(&[5, 3, 0, 3, 1, 0]), Err(Refusal::Malformed));
}

#[test]
fn a_jumbogram_is_long_and_says_so_once() {
    let jumbo = [194, 4, 0, 1, 0, 0];
    let mut packet = with(&jumbo);
    assert_eq!(parse(&packet, LIMITS), Err(Refusal::Field(42)));
    packet[4..6].fill(0);
    let expected = Options {
        jumbo: Some(65536),
        ..plain(8)
    };
    assert_eq!(parse(&packet, LIMITS), Ok(expected));
    packet[45] = 0;
    assert_eq!(parse(&packet, LIMITS), Err(Refusal::Field(44)));
}

#[test]
fn the_operator_sets_limits() {
    let two = with(&[30, 0, 30, 0, 1, 0]);
    let limit = |len, number| parse(&two, Limits { len, number });
    assert_eq!(limit(8, 2), Ok(plain(8)));
    assert_eq!(limit(7, 2), Err(Refusal::Malformed));
    assert_eq!(limit(8, 1), Err(Refusal::Malformed));
    assert_eq!(limit(8, -2), Err(Refusal::Malformed));
    let alert = with(&[5, 2, 0, 3, 1, 0]);
    let limits = Limits { len: 8, number: -1 };
    assert!(parse(&alert, limits).is_ok());
}

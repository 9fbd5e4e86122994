// SPDX-License-Identifier: GPL-2.0

//! Compressed SIDs: what an HMAC covers whose segment list has a container of them.

use host::{
    packet::*,
    rules::{hmac, srh::Srh},
};

/// Whether an HMAC over this container covers a packet to this destination.
fn covers(container: [u16; 8], destination: [u16; 8]) -> bool {
    let header = with_segment(srh(0, 0, &[]), container).octets;
    hmac::covers(&Srh::parse(&header).unwrap(), &address(destination))
}

#[test]
fn section_4_1_processed_sids_are_gone() {
    // Block fcbb:bb00::/32, by way of nodes 7 and 8 to f001 of node 1.
    let container = [0xfcbb, 0xbb00, 7, 8, 1, 0xf001, 0, 0];
    assert!(covers(container, container));
    assert!(covers(container, [0xfcbb, 0xbb00, 8, 1, 0xf001, 0, 0, 0]));
    assert!(covers(container, [0xfcbb, 0xbb00, 1, 0xf001, 0, 0, 0, 0]));
    // A container that is full.
    assert!(covers(
        [0x5f00, 9, 6, 5, 4, 3, 1, 0xf001],
        [0x5f00, 9, 1, 0xf001, 0, 0, 0, 0]
    ));
}

#[test]
fn section_4_1_nothing_else_is() {
    let container = [0xfcbb, 0xbb00, 7, 8, 1, 0xf001, 0, 0];
    for destination in [
        // Another function, another node, another block.
        [0xfcbb, 0xbb00, 1, 0xf002, 0, 0, 0, 0],
        [0xfcbb, 0xbb00, 2, 0xf001, 0, 0, 0, 0],
        [0xfcbb, 0xbb01, 1, 0xf001, 0, 0, 0, 0],
        // Not the end of it, in another order, not followed by zeros.
        [0xfcbb, 0xbb00, 7, 8, 0, 0, 0, 0],
        [0xfcbb, 0xbb00, 7, 0xf001, 0, 0, 0, 0],
        [0xfcbb, 0xbb00, 8, 1, 0, 0, 0, 0],
        [0xfcbb, 0xbb00, 0xf001, 1, 0, 0, 0, 0],
        [0xfcbb, 0xbb00, 1, 0xf001, 0, 0, 0, 1],
        [0xfcbb, 0xbb00, 1, 0xf001, 2, 0, 0, 0],
        [0; 8],
        // What would be left of it were its block one of 16 or of 48 bits.
        [0xfcbb, 7, 8, 1, 0xf001, 0, 0, 0],
        [0xfcbb, 0xbb00, 7, 1, 0xf001, 0, 0, 0],
    ] {
        assert!(!covers(container, destination), "{destination:x?}");
    }
}

#[test]
fn section_5_a_function_alone_is_local() {
    let container = [0xfcbb, 0xbb00, 1, 0xf001, 0, 0, 0, 0];
    assert!(!covers(container, [0xfcbb, 0xbb00, 0xf001, 0, 0, 0, 0, 0]));
    let full = [0x5f00, 9, 6, 5, 4, 3, 1, 0xf001];
    assert!(!covers(full, [0x5f00, 9, 0xf001, 0, 0, 0, 0, 0]));
}

#[test]
fn section_5_zero_ends_a_container() {
    // Ordinary SIDs have zeros between locator and function, and are not containers.
    let sid = [0xfc00, 2, 0, 0, 0, 0, 0, 0x100];
    assert!(!covers(sid, [0xfc00, 2, 0, 0, 0, 0, 0x100, 0]));
    assert!(!covers(sid, [0xfc00, 0, 0, 0, 0, 0, 0x100, 0]));
    let sid = [0x2001, 0xdb8, 2, 0, 1, 2, 0, 0];
    assert!(!covers(sid, [0x2001, 0xdb8, 2, 1, 2, 0, 0, 0]));
    assert!(!covers(sid, [0x2001, 0xdb8, 0, 1, 2, 0, 0, 0]));
    assert!(!covers(sid, [0x2001, 0xdb8, 1, 2, 0, 0, 0, 0]));
}

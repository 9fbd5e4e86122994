// SPDX-License-Identifier: GPL-2.0

//! RFC 8754 §2.1.2, and RFC 9800 §4.1 for compressed SIDs.

use super::{bits, srh::Srh};

/// Whether there is an HMAC, by the kernel's rules.
pub fn is_present(srh: &Srh) -> bool {
    let h_flag = srh.flags / 8 % 2 == 1;
    let at = srh.tlvs.len().checked_sub(40);
    h_flag && at.is_some_and(|at| srh.tlvs[at..].starts_with(&[5, 38]))
}

/// Whether a packet to `destination` is meant.
pub fn covers(srh: &Srh, destination: &[u8]) -> bool {
    let current = srh.segments.get(srh.segments_left);
    current.is_some_and(|segment| {
        segment == destination || remainders(segment).contains(&groups(destination))
    })
}

/// The eight groups of an address, as in its text form.
fn groups(address: &[u8]) -> Vec<usize> {
    (0..8).map(|group| bits(address, 16 * group, 16)).collect()
}

/// What can be left of a container with a block of 32 bits and compressed SIDs of 16, of which at
/// least one was processed and at least two were not.
fn remainders(container: &[u8]) -> Vec<Vec<usize>> {
    let groups = groups(container);
    let (block, csids) = groups.split_at(2);
    (1..=csids.len() - 2)
        .map(|processed| (csids.split_at(processed), vec![0; processed]))
        .filter(|((gone, left), _)| !gone.contains(&0) && !left[..2].contains(&0))
        .map(|((_, left), zeros)| [block, left, &zeros].concat())
        .collect()
}

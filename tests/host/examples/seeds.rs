// SPDX-License-Identifier: GPL-2.0

//! Writes packets of every kind into a directory, for a fuzzer to begin with.

use host::packet::*;
use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let dir = env::args_os().nth(1).expect("usage: seeds DIRECTORY");
    let hmac = [&[5, 38][..], &[0; 38]].concat();
    let packets = [
        ipv4_packet(&[]),
        ipv4_packet(&[srh(0, 0, &[])]),
        ipv4_packet(&[srh(2, 1, &[])]),
        ipv4_packet(&[options(HOP_BY_HOP, 0), srh(0, 1, &hmac)]),
        ipv4_packet(&[srh(0, 0, &[0, 4, 1, 0, 255, 2, 1, 2]), srh(0, 0, &[])]),
        ipv4_packet(&[options(DESTINATION_OPTIONS, 1), fragment(0)]),
        ipv4_packet(&[routing(2, 0, 2), authentication(4)]),
        ipv4_packet(&vec![options(DESTINATION_OPTIONS, 0); 12]),
        ipv6_packet(&[]),
        ipv6_packet(&[srh(0, 0, &[])]),
        packet(&[options(HOP_BY_HOP, 0)], 59, &[]),
        packet(&[routing(2, 1, 0)], 17, &[0; 8]),
        ipv4_header(&[]),
        ipv4_header(&[7, 7, 4, 0, 0, 0, 0, 0]),
        // A destination address and a segment routing header: equal, and what is left of a container.
        [&SEGMENT[..], &srh(0, 1, &[4, 4, 0, 0, 0, 0, 0, 0]).octets].concat(),
        [&SEGMENT[..], &signed(srh(0, 0, &hmac)).octets].concat(),
        [
            &address([0xfcbb, 0xbb00, 1, 0xf001, 0, 0, 0, 0])[..],
            &signed(with_segment(
                srh(0, 0, &hmac),
                [0xfcbb, 0xbb00, 7, 1, 0xf001, 0, 0, 0],
            ))
            .octets,
        ]
        .concat(),
    ];
    for (number, packet) in packets.iter().enumerate() {
        let input = [&[10, 0, 0b11_10], packet.as_slice()].concat();
        fs::write(Path::new(&dir).join(format!("seed-{number}")), input)?;
    }
    Ok(())
}

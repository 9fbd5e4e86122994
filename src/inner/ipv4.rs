// SPDX-License-Identifier: GPL-2.0

//! An inner IPv4 packet.

use super::{
    carry_ecn,
    Inner, //
};
use crate::{
    drops::{
        Cause,
        Counted, //
    },
    endpoint::{
        pull,
        Step, //
    },
    inner_route,
    rules::ipv4, //
};
use kernel_ext::{
    family::Ipv4,
    rcu::ReadSection,
    skbuff::{
        state::{
            Decapsulated,
            Received,
            Valid, //
        },
        Delivered,
        SkBuff, //
    },
};

impl Inner for Ipv4 {
    #[inline(always)]
    fn check(mut skb: SkBuff<Decapsulated<Self>>, ecn_octet: u8) -> Step<Valid<Self>> {
        let header = loop {
            match ipv4::validate(skb.linear()) {
                Ok(header) => break header,
                // Asks for more each time, so this ends.
                Err(ipv4::Refusal::NeedMore(len)) => skb = pull(skb, len, Cause::InnerTruncated)?,
                Err(ipv4::Refusal::Malformed) => return Err(Cause::InnerHeader.drop(skb)),
                Err(ipv4::Refusal::Checksum) => return Err(Cause::InnerChecksum.drop(skb)),
            }
        };
        let skb = if header.total_len < header.header_len {
            check_big_tcp(skb, header.header_len)?
        } else {
            skb.into_valid(header.header_len, header.total_len)?
        };
        carry_ecn(skb, ecn_octet, header.ecn)
    }

    #[inline(always)]
    fn pass_on(
        skb: SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Counted> {
        inner_route::pass_on(skb, vrf_table, rcu)
    }
}

/// For a header that says the packet is shorter than the header: the kernel writes 0 in aggregated
/// packets that are too long for the field.
#[cold]
fn check_big_tcp(skb: SkBuff<Decapsulated<Ipv4>>, header_len: usize) -> Step<Valid<Ipv4>> {
    skb.into_oversized(header_len)
        .map_err(|skb| Cause::InnerHeader.drop(skb))
}

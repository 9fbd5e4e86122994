// SPDX-License-Identifier: GPL-2.0

//! An inner IPv4 packet.

use super::Inner;
use crate::{
    drops::Counted,
    inner_route,
    rules::{
        inner::{
            self,
            Refusal, //
        },
        ipv4, //
    },
};
use kernel_ext::{
    family::Ipv4,
    rcu::ReadSection,
    skbuff::{
        state::Received,
        Delivered,
        SkBuff, //
    },
};

impl Inner for Ipv4 {
    const MIN_HEADER_LEN: usize = ipv4::MIN_HEADER_LEN;

    #[inline(always)]
    fn check(
        data: &[u8],
        len: usize,
        is_aggregate: impl FnOnce() -> bool,
    ) -> Result<inner::Inner, Refusal> {
        inner::check_ipv4(data, len, is_aggregate)
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

// SPDX-License-Identifier: GPL-2.0

//! An inner IPv6 packet.

use super::Inner;
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
    rules::{
        hop_by_hop::{
            self,
            Limits, //
        },
        inner,
        inner_ipv6, //
    },
};
use kernel_ext::{
    family::Ipv6,
    icmpv6::ParameterProblem,
    rcu::ReadSection,
    route::HopByHop,
    skbuff::{
        state::Received,
        Delivered,
        SkBuff, //
    },
};

impl Inner for Ipv6 {
    const MIN_HEADER_LEN: usize = inner_ipv6::HEADER_LEN;

    #[inline(always)]
    fn check(
        data: &[u8],
        len: usize,
        is_aggregate: impl FnOnce() -> bool,
    ) -> Result<inner::Inner, inner::Refusal> {
        inner::check_ipv6(data, len, is_aggregate)
    }

    #[inline(always)]
    fn pass_on(
        mut skb: SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Counted> {
        // The hooks may have changed the packet, so what was read before does not count.
        if inner_ipv6::has_hop_by_hop(skb.linear()) {
            skb = check_hop_by_hop(skb, rcu)?;
        }
        inner_route::pass_on(skb, vrf_table, rcu)
    }
}

/// Validates the hop-by-hop options, making them linear, and has the kernel act on them. The source is
/// told of those that it wants to be told of, RFC 8200 §4.2.
#[cold]
fn check_hop_by_hop(mut skb: SkBuff<Received<Ipv6>>, rcu: ReadSection<'_>) -> Step<Received<Ipv6>> {
    let (len, number) = skb.dev(rcu).net().hop_by_hop_limits();
    let limits = Limits { len, number };
    let options = loop {
        let refusal = match hop_by_hop::check(skb.linear(), skb.len(), limits) {
            Ok(options) => break options,
            Err(refusal) => refusal,
        };
        let (code, pointer) = match refusal {
            // Asks for more each time, so this ends.
            hop_by_hop::Refusal::NeedMore(len) => {
                skb = pull(skb, len, Cause::InnerTruncated)?;
                continue;
            }
            hop_by_hop::Refusal::Unknown(pointer) => (ParameterProblem::UNKNOWN_OPTION, pointer),
            hop_by_hop::Refusal::Field(pointer) => (ParameterProblem::HEADER_FIELD, pointer),
            _ => return Err(Cause::from(refusal).drop(skb)),
        };
        skb.send_parameter_problem(code, pointer, rcu);
        return Err(Cause::from(refusal).drop(skb));
    };
    Ok(skb.take_hop_by_hop(HopByHop {
        len: options.len,
        router_alert: options.router_alert,
        jumbo: options.jumbo,
    })?)
}

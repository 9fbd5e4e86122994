// SPDX-License-Identifier: GPL-2.0

//! An inner IPv6 packet.

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
    rules::{
        hop_by_hop::{
            self,
            Limits, //
        },
        inner_ipv6::{
            self,
            Refusal, //
        },
    },
};
use kernel_ext::{
    family::Ipv6,
    icmpv6::ParameterProblem,
    rcu::ReadSection,
    route::HopByHop,
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

impl Inner for Ipv6 {
    #[inline(always)]
    fn check(mut skb: SkBuff<Decapsulated<Self>>, ecn_octet: u8) -> Step<Valid<Self>> {
        let header = loop {
            match inner_ipv6::validate(skb.linear()) {
                Ok(header) => break header,
                // Asks for the same each time, so this ends.
                Err(Refusal::NeedMore(len)) => skb = pull(skb, len, Cause::InnerTruncated)?,
                Err(Refusal::Malformed) => return Err(Cause::InnerHeader.drop(skb)),
                Err(Refusal::Address) => return Err(Cause::InnerAddress.drop(skb)),
            }
        };
        let skb = if header.total_len == inner_ipv6::HEADER_LEN {
            check_empty(skb)?
        } else {
            skb.into_valid(inner_ipv6::HEADER_LEN, header.total_len)?
        };
        carry_ecn(skb, ecn_octet, header.ecn)
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

/// For a header that says nothing follows: that is so, or it is a packet too long for the field.
#[cold]
fn check_empty(skb: SkBuff<Decapsulated<Ipv6>>) -> Step<Valid<Ipv6>> {
    const LEN: usize = inner_ipv6::HEADER_LEN;

    match skb.into_oversized(LEN) {
        Ok(skb) => Ok(skb),
        Err(skb) => Ok(skb.into_valid(LEN, LEN)?),
    }
}

/// Validates the hop-by-hop options, making them linear, and has the kernel act on them. The source is
/// told of those that it wants to be told of, RFC 8200 §4.2.
#[cold]
fn check_hop_by_hop(mut skb: SkBuff<Received<Ipv6>>, rcu: ReadSection<'_>) -> Step<Received<Ipv6>> {
    let (len, number) = skb.dev(rcu).net().hop_by_hop_limits();
    let limits = Limits { len, number };
    let options = loop {
        match hop_by_hop::parse(skb.linear(), limits) {
            Ok(options) => break options,
            // Asks for more each time, so this ends.
            Err(hop_by_hop::Refusal::NeedMore(len)) => {
                skb = pull(skb, len, Cause::InnerTruncated)?;
            }
            Err(hop_by_hop::Refusal::Malformed) => return Err(Cause::InnerOptions.drop(skb)),
            Err(hop_by_hop::Refusal::Unknown(pointer)) => {
                skb.send_parameter_problem(ParameterProblem::UNKNOWN_OPTION, pointer, rcu);
                return Err(Cause::InnerOptions.drop(skb));
            }
            Err(hop_by_hop::Refusal::Field(pointer)) => {
                skb.send_parameter_problem(ParameterProblem::HEADER_FIELD, pointer, rcu);
                return Err(Cause::InnerOptions.drop(skb));
            }
        }
    };
    Ok(skb.take_hop_by_hop(HopByHop {
        len: options.len,
        router_alert: options.router_alert,
        jumbo: options.jumbo,
    })?)
}

// SPDX-License-Identifier: GPL-2.0

//! The way of an inner IPv4 packet.
//!
//! An answer counts if it is one next hop, whose route for received packets the kernel has made already.
//!
//! Follows `ip_route_input_slow()`, `__mkroute_input()` and `__fib_validate_source()`.

use super::DirectRoute;
use crate::{
    drops::{
        Cause,
        Counted, //
    },
    lookups::Outcome, //
};
use kernel_ext::{
    family::Ipv4,
    fib::{
        Answer,
        Flow,
        InputRoute,
        Route, //
    },
    fib_rules::Plain,
    inetdevice::InDevice,
    net_namespace::Net,
    netdevice::NetDevice,
    rcu::ReadSection,
    route::Header,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        SkBuff, //
    },
};

/// `rp_filter`, RFC 3704 §2.2: the source has to be reached by the device that the packet came in by.
const STRICT: i32 = 1;

impl DirectRoute for Ipv4 {
    type Way<'rcu> = (Header, InputRoute<'rcu>);

    #[inline(always)]
    fn find<'rcu>(
        skb: &SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'rcu>,
    ) -> Result<Self::Way<'rcu>, Outcome> {
        if !skb.is_bare() {
            return Err(Outcome::InnerPacket);
        }
        let Some(header) = skb.header() else {
            return Err(Outcome::InnerPacket);
        };
        if !is_ordinary(header.destination) || !is_ordinary(header.source) {
            return Err(Outcome::InnerAddress);
        }
        let vrf = skb.dev(rcu);
        let net = vrf.net();
        let settings = vrf.ipv4(rcu).ok_or(Outcome::InnerSettings)?;
        if !settings.forwards() || settings.disables_policy() || net.has_realms() {
            return Err(Outcome::InnerSettings);
        }
        if !net.has_custom_ipv4_rules() || net.ipv4_rules_select() {
            return Err(Outcome::InnerRule);
        }
        let mut flow = Flow::received(header, vrf.ifindex());
        let (to, from) = look_up(net, &mut flow, vrf_table, rcu)?;
        let next_hop = to.only_next_hop().ok_or(Outcome::InnerMultipath)?;
        if next_hop.has_exceptions() {
            return Err(Outcome::InnerException);
        }
        next_hop
            .device()
            .filter(|&out| out != vrf && out.ipv4(rcu).is_some())
            .ok_or(Outcome::InnerDevice)?;
        if !passes_filter(from, vrf, settings) {
            return Err(Outcome::InnerSource);
        }
        let route = next_hop.input_route(net).ok_or(Outcome::InnerNotCached)?;
        Ok((header, route))
    }

    fn kernel_agrees(
        skb: &mut SkBuff<Received<Self>>,
        (header, route): Self::Way<'_>,
        rcu: ReadSection<'_>,
    ) -> bool {
        skb.kernel_agrees(header, route, rcu)
    }

    #[inline(always)]
    fn set<'rcu>(
        skb: SkBuff<Received<Self>>,
        (header, route): Self::Way<'rcu>,
        rcu: ReadSection<'rcu>,
    ) -> Result<SkBuff<Routed<Self>>, Counted> {
        Ok(skb.set_route(header, route, rcu)?)
    }

    #[inline(always)]
    fn ask(
        skb: SkBuff<Received<Self>>,
        rcu: ReadSection<'_>,
    ) -> Result<SkBuff<Routed<Self>>, Counted> {
        let Some(header) = skb.header() else {
            return Err(Cause::InnerTruncated.drop(skb));
        };
        Ok(skb.route(header, rcu)?)
    }
}

/// Whether an address, in network byte order, is neither loopback, nor multicast, broadcast or
/// reserved, nor in network 0.
#[inline]
fn is_ordinary(address: u32) -> bool {
    let first = u32::from_be(address) >> 24;
    first.wrapping_sub(1) < 223 && first != 127
}

/// The routes to the destination and back to the source, by the rules as far as they are plain;
/// `fib_rules_lookup()`. Turns the flow around an even number of times, if it finds both.
///
/// What a rule selects by beyond the flow does not matter as long as none selects anything.
#[inline(always)]
fn look_up<'rcu>(
    net: Net<'rcu>,
    flow: &mut Flow,
    vrf_table: u32,
    rcu: ReadSection<'rcu>,
) -> Result<(Route<'rcu>, Route<'rcu>), Outcome> {
    let (mut to, mut from) = (None, None);
    for rule in net.ipv4_rules(rcu) {
        let id = match rule {
            Some(Plain::Table(id)) => id,
            Some(Plain::L3Master) => vrf_table,
            None => {
                net.set_ipv4_rules_select();
                return Err(Outcome::InnerRule);
            }
        };
        let Some(table) = net.ipv4_table(id, rcu) else {
            continue;
        };
        if to.is_none() {
            match table.lookup(flow) {
                Answer::Unicast(route) => to = Some(route),
                Answer::Next => {}
                Answer::Other => return Err(Outcome::InnerNotUnicast),
                Answer::Refusal => return Err(Outcome::InnerNoRoute),
            }
        }
        if from.is_none() {
            flow.turn();
            match table.lookup(flow) {
                Answer::Unicast(route) => from = Some(route),
                Answer::Next => {}
                Answer::Other | Answer::Refusal => return Err(Outcome::InnerSource),
            }
            flow.turn();
        }
        if let (Some(to), Some(from)) = (to, from) {
            return Ok((to, from));
        }
    }
    Err(match to {
        None => Outcome::InnerNoRoute,
        Some(_) => Outcome::InnerSource,
    })
}

/// Whether a packet that came in by `vrf` may have its source where `from` leads;
/// `__fib_validate_source()`.
#[inline]
fn passes_filter<'rcu>(from: Route<'rcu>, vrf: NetDevice<'rcu>, settings: InDevice<'rcu>) -> bool {
    let filter = settings.rp_filter();
    filter == 0 || from.uses(vrf) || (filter != STRICT && settings.has_address())
}

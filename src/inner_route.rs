// SPDX-License-Identifier: GPL-2.0

//! The way of the inner packet, found directly.
//!
//! The kernel's own lookup goes through the machinery of policy rules twice, for the destination and
//! for the source, although the rules of a router select nothing as a rule. Here the tables that
//! these name are looked into, in their order, and what is found is the kernel's answer too if
//! nothing about it is unusual: one next hop, whose route for received packets the kernel has made
//! already. So this only ever says the plain yes. Whatever else is the case, above all each refusal,
//! the kernel is asked as if nothing had been.
//!
//! Nothing is remembered, so nothing can be out of date.
//!
//! Follows `ip_route_input_slow()`, `__mkroute_input()` and `__fib_validate_source()`; see
//! `docs/routing.md`.

use crate::{
    drops::{
        Cause,
        Counted, //
    },
    lookups::Outcome, //
};
use kernel_ext::{
    fib::{
        Answer,
        Flow,
        InputRoute,
        Route, //
    },
    fib_rules::Plain,
    inetdevice::InDevice,
    module_switch,
    net_namespace::Net,
    netdevice::NetDevice,
    rcu::ReadSection,
    route::Header,
    seg6_local::Tunnel,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        Delivered,
        SkBuff, //
    },
};

module_switch! {
    /// Whether it is done at all.
    static DIRECT_ROUTE: "direct_route" = true, "find the way of inner packets without asking the kernel";
}

/// `rp_filter`, RFC 3704 §2.2: the source has to be reached by the device that the packet came in by.
const STRICT: i32 = 1;

/// Passes a packet on that was received by the VRF of its SID: forwards it, delivers it locally, or
/// refuses it.
#[inline]
pub(crate) fn pass_on(
    mut skb: SkBuff<Received>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    if !DIRECT_ROUTE.is_on() {
        return ask(skb, rcu);
    }
    let Some(header) = skb.header() else {
        return Err(Cause::InnerTruncated.drop(skb));
    };
    let vrf_table = tunnel.vrf_table();
    match find(&skb, header, vrf_table, rcu) {
        Ok(route) => {
            if cfg!(debug_assertions) {
                compare(&mut skb, header, route, vrf_table, rcu);
            }
            Outcome::InnerDirect.count();
            deliver(skb.set_route(header, route, rcu)?, rcu)
        }
        Err(why) => ask_because(why, skb, rcu),
    }
}

/// Lets the kernel find the way, and passes the packet on along it.
#[inline(always)]
fn ask(skb: SkBuff<Received>, rcu: ReadSection<'_>) -> Result<Delivered, Counted> {
    let Some(header) = skb.header() else {
        return Err(Cause::InnerTruncated.drop(skb));
    };
    deliver(skb.route(header, rcu)?, rcu)
}

#[cold]
fn ask_because(
    why: Outcome,
    skb: SkBuff<Received>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    why.count();
    ask(skb, rcu)
}

#[inline(always)]
fn deliver(skb: SkBuff<Routed>, rcu: ReadSection<'_>) -> Result<Delivered, Counted> {
    if skb.is_unroutable() {
        return Err(Counted::by_route(skb.refuse(rcu)));
    }
    skb.deliver().map_err(Counted::by_next_layer)
}

/// Compares what was found with the kernel's answer. They may differ once, when something changes
/// between the two.
fn compare(
    skb: &mut SkBuff<Received>,
    header: Header,
    route: InputRoute<'_>,
    vrf_table: u32,
    rcu: ReadSection<'_>,
) {
    let mut agreed = skb.kernel_agrees(header, route, rcu);
    for _ in 0..3 {
        agreed = agreed
            || find(skb, header, vrf_table, rcu)
                .map_or(true, |route| skb.kernel_agrees(header, route, rcu));
    }
    kernel::warn_on!(!agreed);
}

/// The way of the packet if it is a plain one, or why the kernel has to be asked.
#[inline(always)]
fn find<'rcu>(
    skb: &SkBuff<Received>,
    header: Header,
    vrf_table: u32,
    rcu: ReadSection<'rcu>,
) -> Result<InputRoute<'rcu>, Outcome> {
    if !skb.is_bare() {
        return Err(Outcome::InnerPacket);
    }
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
    next_hop.input_route(net).ok_or(Outcome::InnerNotCached)
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

// SPDX-License-Identifier: GPL-2.0

//! The way of an inner IPv6 packet.
//!
//! An answer counts if it is the only route of its prefix and metric, with one next hop, and this CPU has
//! a route for received packets by it. Sources are not validated: IPv6 has no `rp_filter`.
//!
//! Follows `ip6_route_input()`, `fib6_rule_lookup()` and `ip6_pol_route()`.

use super::DirectRoute;
use crate::{
    drops::{
        Cause,
        Counted, //
    },
    lookups::Outcome, //
};
use kernel_ext::{
    family::Ipv6,
    fib6::{
        self,
        Address,
        Answer,
        Route, //
    },
    fib_rules::Plain,
    netdevice::NetDevice,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        Dropped,
        SkBuff, //
    },
};

impl DirectRoute for Ipv6 {
    type Way<'rcu> = Route<'rcu>;

    #[inline(always)]
    fn find<'rcu>(
        skb: &SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'rcu>,
    ) -> Result<Route<'rcu>, Outcome> {
        if !skb.is_bare() {
            return Err(Outcome::InnerPacket);
        }
        let address = fib6::destination(skb.linear()).ok_or(Outcome::InnerPacket)?;
        if !is_ordinary(address) {
            return Err(Outcome::InnerAddress);
        }
        let net = skb.dev(rcu).net();
        // A host prefers routers that answer, and a source may have routes of its own.
        if !net.forwards_ipv6() || net.has_ipv6_routes_by_source() {
            return Err(Outcome::InnerSettings);
        }
        if !net.has_custom_ipv6_rules() || net.ipv6_rules_select() {
            return Err(Outcome::InnerRule);
        }
        for rule in net.ipv6_rules(rcu) {
            let id = match rule {
                Some(Plain::Table(id)) => id,
                Some(Plain::L3Master) => vrf_table,
                None => {
                    net.set_ipv6_rules_select();
                    return Err(Outcome::InnerRule);
                }
            };
            let Some(table) = net.ipv6_table(id, rcu) else {
                continue;
            };
            match table.sole_route(address) {
                Answer::Next => {}
                Answer::Doubt => return Err(Outcome::InnerMultipath),
                Answer::Sole(route) if route.has_exceptions() => {
                    return Err(Outcome::InnerException)
                }
                Answer::Sole(route) => {
                    let route = route.of_this_cpu(rcu).ok_or(Outcome::InnerNotCached)?;
                    return route
                        .is_plain()
                        .then_some(route)
                        .ok_or(Outcome::InnerNoRoute);
                }
            }
        }
        Err(Outcome::InnerNoRoute)
    }

    fn kernel_agrees(
        skb: &mut SkBuff<Received<Self>>,
        route: Route<'_>,
        rcu: ReadSection<'_>,
    ) -> bool {
        skb.kernel_agrees(route, rcu)
    }

    #[inline(always)]
    fn set<'rcu>(
        skb: SkBuff<Received<Self>>,
        route: Route<'rcu>,
        rcu: ReadSection<'rcu>,
    ) -> Result<SkBuff<Routed<Self>>, Counted> {
        Ok(skb.set_route(route, rcu))
    }

    #[inline(always)]
    fn ask(
        skb: SkBuff<Received<Self>>,
        rcu: ReadSection<'_>,
    ) -> Result<SkBuff<Routed<Self>>, Counted> {
        Ok(skb.route(rcu))
    }

    fn dropped_underway(dropped: Dropped, vrf: NetDevice<'_>, rcu: ReadSection<'_>) -> Counted {
        // That it may not be forwarded is found out only then.
        if vrf.forwards_ipv6(rcu) {
            Counted::by_next_layer(dropped)
        } else {
            Cause::NotForwarding.counted(dropped)
        }
    }
}

/// Whether an address, in network byte order, is looked up by itself: it is neither of a link nor of a
/// group; `rt6_need_strict()`.
#[inline]
fn is_ordinary([high, _]: Address) -> bool {
    let start = (u64::from_be(high) >> 48) as u16;
    start < 0xff00 && start & 0xffc0 != 0xfe80
}

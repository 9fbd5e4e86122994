// SPDX-License-Identifier: GPL-2.0

//! The way of the outer packet to its SID, found once and remembered.
//!
//! A route may be remembered if the kernel would find the same one for every packet to the address:
//! all rules up to its table are plain, the tables before have no route for the address, and in its
//! own there is no other to choose from. See `docs/routing.md`.

use crate::{
    end_dt::EndDt,
    lookups::Outcome, //
};
use kernel_ext::{
    fib6::{
        self,
        Answer,
        Route, //
    },
    fib_rules::Plain,
    module_switch,
    rcu::ReadSection,
    seg6_local,
    sid_routes::{
        Finder,
        InVain,
        SidRoutes, //
    },
    skbuff::{
        state::{
            Incoming,
            Outer, //
        },
        SkBuff, //
    },
};

module_switch! {
    /// Whether it is done at all.
    static REMEMBER_ROUTE: "remember_route" = true, "remember the routes of SIDs";
}

static ROUTES: SidRoutes<OuterRoute> = SidRoutes::new();

/// Finds the routes of our SIDs.
pub(crate) enum OuterRoute {}

/// Notes that packets to the destination of this one reach a SID of ours.
#[inline]
pub(crate) fn mark(skb: &SkBuff<Outer>, rcu: ReadSection<'_>) {
    if REMEMBER_ROUTE.is_on() {
        if let Some(address) = fib6::destination(skb.linear()) {
            ROUTES.mark(skb.dev(rcu).net(), address, rcu);
        }
    }
}

impl Finder for OuterRoute {
    fn routes() -> &'static SidRoutes<Self> {
        &ROUTES
    }

    #[inline]
    fn is_on() -> bool {
        REMEMBER_ROUTE.is_on()
    }

    fn find<'rcu>(
        packet: &SkBuff<Incoming>,
        rcu: ReadSection<'rcu>,
    ) -> Result<Route<'rcu>, InVain> {
        match find(packet, rcu) {
            Ok(route) => {
                Outcome::OuterFound.count();
                Ok(route)
            }
            Err(outcome) => {
                outcome.count();
                Err(match outcome {
                    Outcome::OuterRule => InVain::Namespace,
                    _ => InVain::Address,
                })
            }
        }
    }

    #[inline]
    fn remembered() {
        Outcome::OuterRemembered.count();
    }
}

fn find<'rcu>(packet: &SkBuff<Incoming>, rcu: ReadSection<'rcu>) -> Result<Route<'rcu>, Outcome> {
    let (address, mut flow) = packet.flow(rcu).ok_or(Outcome::OuterPacket)?;
    let net = packet.dev(rcu).net();
    // Their source would matter, too.
    if net.has_ipv6_routes_by_source() {
        return Err(Outcome::OuterSourceRoutes);
    }
    for rule in net.ipv6_rules(rcu) {
        let id = match rule {
            Some(Plain::Table(id)) => id,
            // The packet does not belong to one.
            Some(Plain::L3Master) => continue,
            None => return Err(Outcome::OuterRule),
        };
        let Some(table) = net.ipv6_table(id, rcu) else {
            continue;
        };
        match table.sole_route(address) {
            Answer::Next => {}
            Answer::Doubt => return Err(Outcome::OuterSeveralRoutes),
            Answer::Sole(route) => {
                return route
                    .for_packet(&mut flow, packet, rcu)
                    .filter(|&route| seg6_local::serves::<EndDt>(route))
                    .ok_or(Outcome::OuterUnusual);
            }
        }
    }
    Err(Outcome::OuterNoRoute)
}

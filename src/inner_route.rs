// SPDX-License-Identifier: GPL-2.0

//! The way of the inner packet, found directly.
//!
//! The kernel's own lookup goes through the machinery of policy rules, for IPv4 twice, for the
//! destination and for the source, although the rules of a router select nothing as a rule. Here the
//! tables that these name are looked into, in their order, and what is found is the kernel's answer too
//! if nothing about it is unusual. So this only ever says the plain yes. Whatever else is the case,
//! above all each refusal, the kernel is asked as if nothing had been.
//!
//! Nothing is remembered, so nothing can be out of date. See `docs/routing.md`.

mod ipv4;
mod ipv6;

use crate::{
    drops::Counted,
    lookups::Outcome, //
};
use kernel_ext::{
    family::Family,
    module_switch,
    netdevice::NetDevice,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        Delivered,
        Dropped,
        SkBuff, //
    },
};

module_switch! {
    /// Whether it is done at all.
    static DIRECT_ROUTE: "direct_route" = true, "find the way of inner packets without asking the kernel";
}

/// A family whose ways can be found directly.
pub(crate) trait DirectRoute: Family {
    /// A way, with what is needed to set out on it.
    type Way<'rcu>: Copy;

    /// The way of a packet that the VRF with table `vrf_table` has received if it is a plain one, or why
    /// the kernel has to be asked.
    fn find<'rcu>(
        skb: &SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'rcu>,
    ) -> Result<Self::Way<'rcu>, Outcome>;

    /// Whether the kernel, asked now, finds the same; leaves the packet without a route.
    fn kernel_agrees(
        skb: &mut SkBuff<Received<Self>>,
        way: Self::Way<'_>,
        rcu: ReadSection<'_>,
    ) -> bool;

    /// Gives the packet a way that was found.
    fn set<'rcu>(
        skb: SkBuff<Received<Self>>,
        way: Self::Way<'rcu>,
        rcu: ReadSection<'rcu>,
    ) -> Result<SkBuff<Routed<Self>>, Counted>;

    /// Lets the kernel find the way.
    fn ask(
        skb: SkBuff<Received<Self>>,
        rcu: ReadSection<'_>,
    ) -> Result<SkBuff<Routed<Self>>, Counted>;

    /// Counts a packet that was dropped on its way out of `vrf`.
    fn dropped_underway(dropped: Dropped, _vrf: NetDevice<'_>, _rcu: ReadSection<'_>) -> Counted {
        Counted::by_next_layer(dropped)
    }
}

/// Passes a packet on that was received by the VRF of its SID.
#[inline(always)]
pub(crate) fn pass_on<F: DirectRoute>(
    mut skb: SkBuff<Received<F>>,
    vrf_table: u32,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    if !DIRECT_ROUTE.is_on() {
        return deliver(F::ask(skb, rcu)?, rcu);
    }
    match F::find(&skb, vrf_table, rcu) {
        Ok(way) => {
            if cfg!(debug_assertions) {
                compare(&mut skb, way, vrf_table, rcu);
            }
            Outcome::InnerDirect.count();
            deliver(F::set(skb, way, rcu)?, rcu)
        }
        Err(why) => ask_because(why, skb, rcu),
    }
}

#[cold]
fn ask_because<F: DirectRoute>(
    why: Outcome,
    skb: SkBuff<Received<F>>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    why.count();
    deliver(F::ask(skb, rcu)?, rcu)
}

#[inline(always)]
fn deliver<F: DirectRoute>(
    skb: SkBuff<Routed<F>>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    if skb.is_unroutable() {
        return Err(Counted::by_route(skb.refuse(rcu)));
    }
    let vrf = skb.dev(rcu);
    skb.deliver()
        .map_err(|dropped| F::dropped_underway(dropped, vrf, rcu))
}

/// Compares what was found with the kernel's answer. They may differ once, when something changes
/// between the two.
fn compare<F: DirectRoute>(
    skb: &mut SkBuff<Received<F>>,
    way: F::Way<'_>,
    vrf_table: u32,
    rcu: ReadSection<'_>,
) {
    let mut agreed = F::kernel_agrees(skb, way, rcu);
    for _ in 0..3 {
        agreed = agreed
            || F::find(skb, vrf_table, rcu).map_or(true, |way| F::kernel_agrees(skb, way, rcu));
    }
    kernel::warn_on!(!agreed);
}

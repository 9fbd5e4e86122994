// SPDX-License-Identifier: GPL-2.0

//! Behaviours of the seg6local lightweight tunnel, RFC 8986 §4.
//!
//! A module implements [`Behaviour`] for each one that it serves, [`Service`] for what they share, and
//! declares itself by [`module_seg6_behaviours!`](crate::module_seg6_behaviours). From the moment it is
//! loaded its behaviours serve in place of the built-in ones, see [`Takeover`].
//!
//! C source: `net/ipv6/seg6_local.c`

mod audit;
mod builtin;
mod descriptor;
mod module;
mod redirect;
mod takeover;
mod tunnel;

#[doc(hidden)]
pub use crate::livepatch::Patch;
pub use builtin::{
    Action,
    Builtin, //
};
#[doc(hidden)]
pub use module::{
    Module,
    ServiceModule, //
};
pub use takeover::{
    Replacement,
    RouteCounts,
    Served,
    Takeover, //
};
pub use tunnel::{
    Tunnel,
    TunnelBuilder, //
};

use crate::{
    fib6,
    netlink::ExtAck,
    rcu::ReadSection,
    skbuff::{
        state::Outer,
        Delivered,
        Dropped,
        Observed,
        SkBuff, //
    },
};
use kernel::prelude::*;

/// What the behaviours of a module have in common.
pub trait Service: Sized + 'static {
    /// What lives as long as the module.
    type Data: Send + Sync;

    /// Makes that, before a behaviour serves its first packet.
    fn data() -> impl PinInit<Self::Data, Error>;

    /// Whether the module shall replace nothing, and its behaviours
    /// [`observe`](Behaviour::observe) what the built-in ones get. Asked once, when it is loaded.
    fn only_observes() -> bool {
        false
    }
}

/// A behaviour of the seg6local tunnel that replaces the built-in one.
pub trait Behaviour: Sized + 'static {
    /// Which one is replaced.
    const BUILTIN: Builtin;

    /// Finishes the state of a new route, whose attributes have been parsed.
    ///
    /// Control path: runs in a task, usually under the RTNL.
    fn build_state(tunnel: &mut TunnelBuilder<'_>, extack: &mut ExtAck) -> Result;

    /// Prepares a route that the built-in code has served so far, with whatever an earlier load of
    /// the module has left in it.
    ///
    /// Packet path, before the first packet that the route leads to us; several CPUs may do it at
    /// the same time, and one when another has processed a packet already.
    fn adopt(_tunnel: Tunnel<'_>) {}

    /// Processes a packet that was routed into `tunnel`.
    ///
    /// Packet path. An error counts as one in the counters of the route.
    fn input(
        skb: SkBuff<Outer>,
        tunnel: Tunnel<'_>,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Dropped>;

    /// Looks at a packet that the built-in behaviour is about to process.
    ///
    /// Packet path.
    fn observe(_packet: &Observed<'_>, _tunnel: Tunnel<'_>, _rcu: ReadSection<'_>) {}
}

/// How many routes the module has served since it was loaded, of all behaviours.
pub fn routes<S: Module>() -> RouteCounts {
    S::TAKEOVERS
        .iter()
        .map(|takeover| takeover().routes())
        .fold(RouteCounts::default(), |sum, routes| sum + routes)
}

/// Whether `route` leads to a SID that a behaviour of `S` serves.
pub fn serves<S: Module>(route: fib6::Route<'_>) -> bool {
    Tunnel::of_route(route)
        .is_some_and(|tunnel| S::TAKEOVERS.iter().any(|takeover| takeover().has(tunnel)))
}

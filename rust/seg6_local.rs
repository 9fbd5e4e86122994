// SPDX-License-Identifier: GPL-2.0

//! Behaviours of the seg6local lightweight tunnel, RFC 8986 §4.
//!
//! A module implements [`Behaviour`] and declares itself by
//! [`module_seg6_behaviour!`](crate::module_seg6_behaviour). From the moment it is loaded its
//! behaviour serves in place of the built-in one, see [`Takeover`].
//!
//! C source: `net/ipv6/seg6_local.c`

mod audit;
mod descriptor;
mod module;
mod takeover;
mod tunnel;

#[doc(hidden)]
pub use module::{
    BehaviourModule,
    Module, //
};
pub use takeover::{
    RouteCounts,
    Takeover, //
};
pub use tunnel::{
    Tunnel,
    TunnelBuilder, //
};

use crate::{
    bindings, fib6,
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
use kernel::{
    prelude::*,
    str::CStr, //
};

/// A behaviour of the seg6local tunnel that replaces the built-in one.
pub trait Behaviour: Sized + 'static {
    /// Which one is replaced.
    const BUILTIN: Builtin;

    /// What lives as long as the module.
    type Data: Send + Sync;

    /// Makes that, before the behaviour serves its first packet.
    fn data() -> impl PinInit<Self::Data, Error>;

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

    /// Whether the module shall replace nothing, and [`observe`](Self::observe) what the built-in
    /// behaviour gets. Asked once, when it is loaded.
    fn only_observes() -> bool {
        false
    }

    /// Looks at a packet that the built-in behaviour is about to process.
    ///
    /// Packet path.
    fn observe(_packet: &Observed<'_>, _tunnel: Tunnel<'_>, _rcu: ReadSection<'_>) {}
}

/// How many routes the module has served since it was loaded.
pub fn routes<B: Module>() -> RouteCounts {
    B::takeover().routes()
}

/// Whether `route` leads to a SID that `B` serves.
pub fn serves<B: Module>(route: fib6::Route<'_>) -> bool {
    Tunnel::of_route(route).is_some_and(|tunnel| B::takeover().has(tunnel))
}

/// A behaviour of the kernel that can be replaced: what its routes have, and by which functions it
/// is reached. All of it is a promise about the kernel's source, so there are only these.
pub struct Builtin {
    action: Action,
    /// Netlink attributes that a route must have, and may have, `SEG6_F_ATTR()`.
    attributes: usize,
    optional_attributes: usize,
    /// Symbols of the input function and of the one that builds the state of a route.
    input: &'static CStr,
    build_state: &'static CStr,
}

impl Builtin {
    /// Decapsulation and IPv4 table lookup, RFC 8986 §4.7.
    ///
    /// C source: `seg6_action_table` in `net/ipv6/seg6_local.c`
    pub const END_DT4: Self = Self {
        action: Action::END_DT4,
        attributes: 1 << bindings::SEG6_LOCAL_VRFTABLE,
        optional_attributes: 1 << bindings::SEG6_LOCAL_COUNTERS,
        input: c"input_action_end_dt4",
        build_state: c"seg6_end_dt4_build",
    };
}

/// Number of a behaviour, `SEG6_LOCAL_ACTION_*`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Action(i32);

impl Action {
    /// Decapsulation and IPv4 table lookup, RFC 8986 §4.7.
    pub const END_DT4: Self = Self(bindings::SEG6_LOCAL_ACTION_END_DT4 as i32);
}

// SPDX-License-Identifier: GPL-2.0

//! Behaviours of the seg6local lightweight tunnel, RFC 8986 §4.
//!
//! A module implements [`Behaviour`] and declares itself by
//! [`module_seg6_behaviour!`](crate::module_seg6_behaviour). From the moment it is loaded its
//! behaviour serves in place of the built-in one, see [`Takeover`].
//!
//! C source: `net/ipv6/seg6_local.c`

mod descriptor;
mod module;
mod takeover;
mod tunnel;

#[doc(hidden)]
pub use module::BehaviourModule;
pub use takeover::{
    RouteCounts,
    Takeover, //
};
pub use tunnel::{
    Tunnel,
    TunnelBuilder, //
};

use crate::{
    bindings,
    netlink::ExtAck,
    rcu::ReadSection,
    skbuff::{
        state::Outer,
        Delivered,
        Dropped,
        SkBuff, //
    },
};
use kernel::{
    prelude::*,
    str::CStr, //
};

/// A behaviour of the seg6local tunnel that replaces the built-in one.
pub trait Behaviour: Sized + 'static {
    /// Which behaviour, `SEG6_LOCAL_ACTION_*`.
    const ACTION: Action;

    /// The netlink attributes that a route must have.
    const ATTRIBUTES: Attributes;

    /// The netlink attributes that a route may have.
    const OPTIONAL_ATTRIBUTES: Attributes;

    /// The symbol of the built-in input function.
    const BUILTIN_INPUT: &'static CStr;

    /// The symbol of the built-in function that builds the state of a route.
    const BUILTIN_BUILD_STATE: &'static CStr;

    /// What lives as long as the module.
    type Data: Send + Sync;

    /// Makes that, before the behaviour serves its first packet.
    fn data() -> impl PinInit<Self::Data, Error>;

    /// The takeover of this behaviour, a static variable of the module.
    fn takeover() -> &'static Takeover<Self>;

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
}

/// Number of a behaviour, `SEG6_LOCAL_ACTION_*`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Action(i32);

impl Action {
    /// Decapsulation and IPv4 table lookup, RFC 8986 §4.7.
    pub const END_DT4: Self = Self(bindings::SEG6_LOCAL_ACTION_END_DT4 as i32);
}

/// A set of netlink attributes, `SEG6_F_ATTR()`.
#[derive(Clone, Copy)]
pub struct Attributes(usize);

impl Attributes {
    /// The table of the VRF, `SEG6_LOCAL_VRFTABLE`.
    pub const VRFTABLE: Self = Self(1 << bindings::SEG6_LOCAL_VRFTABLE);
    /// The counters, `SEG6_LOCAL_COUNTERS`.
    pub const COUNTERS: Self = Self(1 << bindings::SEG6_LOCAL_COUNTERS);
}

// SPDX-License-Identifier: GPL-2.0

//! What a module has to say of its behaviours.

use super::{
    builtin::Builtin,
    tunnel::{
        Tunnel,
        TunnelBuilder, //
    },
};
use crate::{
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

    /// Whether the built-in behaviours shall go on serving, and those of the module only
    /// [`observe`](Behaviour::observe) what they get. Read once, when it is loaded.
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

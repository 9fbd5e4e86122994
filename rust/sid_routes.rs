// SPDX-License-Identifier: GPL-2.0

//! Remembering which route leads to a SID.
//!
//! Before a packet reaches its behaviour, the kernel routes it, and where there are policy rules,
//! which a VRF brings along, that costs more than all the rest of its way to the VRF. The kernel
//! spares itself that for packets of sockets, whose route is kept (`tcp_v6_early_demux()`). Here a
//! netfilter hook, the last one at PRE_ROUTING, does it for packets of SIDs:
//!
//! 1. A behaviour [marks](SidRoutes::mark) the address of a packet that has reached it. The first one
//!    in a namespace gets the hook registered there, see `namespaces`.
//! 2. The hook lets a [`Finder`] look for the route of the next packet to such an address, and
//!    remembers it in `memory` together with the generation of routes and rules.
//! 3. From then on it attaches that route to packets, as long as the generation is the same, and the
//!    route is still in its table. The kernel does not route a packet that has a route.
//!
//! What is not asked for is forgotten after a few seconds, and a namespace where nothing is left to
//! remember loses the hook.

mod hook;
mod memory;
mod namespaces;

use crate::{
    bindings,
    fib6::{
        Address,
        Route, //
    },
    net_namespace::Net,
    pernet::PerNet,
    rcu::ReadSection,
    skbuff::{
        state::Incoming,
        SkBuff, //
    },
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    sync::atomic::Atomic,
    types::Opaque, //
};
use memory::Memory;
use namespaces::State;

/// Who knows the routes of SIDs. Packet path, all of it.
pub trait Finder: Sized + 'static {
    /// Where it is all kept: a static variable.
    fn routes() -> &'static SidRoutes<Self>;

    /// Whether the hook shall do anything at this moment.
    fn is_on() -> bool;

    /// The route of the packet, if it leads to a SID, and may be remembered for its address: the kernel
    /// chooses the same one for each packet to it that has next header 4 or 43, and came in by a
    /// device without an L3 master, until the generation is another one, or the route is no longer
    /// valid.
    fn find<'rcu>(packet: &SkBuff<Incoming>, rcu: ReadSection<'rcu>)
        -> Result<Route<'rcu>, InVain>;

    /// Called for each packet that gets a route which was remembered.
    fn remembered();
}

/// No route may be remembered.
pub enum InVain {
    /// For this address. It is worth another look in another generation, or in a few seconds.
    Address,
    /// For any address in the namespace, before the generation is another one.
    Namespace,
}

/// The routes of SIDs of all namespaces; a static variable.
pub struct SidRoutes<F> {
    memory: Memory,
    /// `struct delayed_work`, initialised while a [`Registration`] exists.
    work: Opaque<bindings::delayed_work>,
    /// What is kept in namespaces while a [`Registration`] exists.
    namespaces: PerNet<State<F>>,
    /// When the memory was swept, in ticks.
    swept_at: Atomic<usize>,
}

// SAFETY: The memory is made for that; the rest belongs to the kernel, which locks.
unsafe impl<F: Finder> Sync for SidRoutes<F> {}

impl<F: Finder> SidRoutes<F> {
    /// Nothing is remembered yet.
    #[expect(clippy::new_without_default, reason = "for statics")]
    pub const fn new() -> Self {
        Self {
            memory: Memory::new(),
            work: Opaque::zeroed(),
            namespaces: PerNet::new(),
            swept_at: Atomic::new(0),
        }
    }

    /// Notes that packets to `address`, in network byte order, reach a SID in `net`.
    ///
    /// Packet path. Without a [`Registration`] nothing comes of it.
    #[inline]
    pub fn mark(&'static self, net: Net<'_>, address: Address, rcu: ReadSection<'_>) {
        if self.memory.mark(net, address, rcu) {
            self.want(net, rcu);
        }
    }
}

/// As long as it exists routes are remembered.
///
/// # Invariants
///
/// The routes of `F` are registered.
pub struct Registration<F: Finder>(PhantomData<fn() -> F>);

impl<F: Finder> Registration<F> {
    /// Sleeps. There must be no other one for `F`, or it fails with `EBUSY`.
    pub fn new() -> Result<Self> {
        let routes = F::routes();
        routes.register()?;
        // INVARIANT: Just done.
        Ok(Self(PhantomData))
    }
}

impl<F: Finder> Drop for Registration<F> {
    /// Sleeps for a grace period. When it returns, no hook is left, and no reference to a route.
    fn drop(&mut self) {
        F::routes().unregister();
    }
}

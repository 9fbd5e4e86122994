// SPDX-License-Identifier: GPL-2.0

//! Taking a behaviour over from the built-in code, and giving it back.
//!
//! The table of behaviours in the kernel cannot be changed. But what a packet follows is
//! `route->desc->input`, two pointers in memory that can. So there is one [`Descriptor`] of ours,
//! and two functions of the kernel are replaced by a livepatch, to get routes to point to it:
//!
//! 1. A *new route* is built by the replacement of the built-in `build_state` function, which
//!    sets `route->desc` before anybody sees the route ([`Takeover::claim`]).
//! 2. A *route that was there before* still leads its next packet to the built-in input function,
//!    whose replacement sets `route->desc` ([`Takeover::adopt`]) and processes the packet. From
//!    then on the route is like a new one: no livepatch, no ftrace in its way.
//! 3. *Giving all back* is one store: the descriptor's `input` becomes the built-in function
//!    ([`Takeover::give_back`]). No route is touched, so it does not matter how many there are,
//!    and none can be forgotten.
//!
//! # Why unloading is safe
//!
//! - The livepatch core removes the module's reference only when no task runs a replacement, nor
//!   will return into one. That covers `builtin_input` and `build_state`.
//! - `input` is called through the descriptor only by `seg6_local_input_core()`, and below it by
//!   [`Tunnel::input`], inside an RCU read-side section from reading the pointer to the return of
//!   the call. After
//!   [`Takeover::give_back`] and a grace period nobody is in it. It may be given back more than
//!   once, and always is in [`Takeover::end`], for livepatches that are removed without callbacks
//!   (replaced by a cumulative one).
//! - A route that is being created while unloading begins may still be claimed: it then points to
//!   a descriptor that leads to the built-in code, like all the others.
//! - The descriptor is freed only if no route has ever pointed to it. Otherwise it stays allocated, 64
//!   octets, for good, for nobody tells us when the last of them goes: that is what one unload costs
//!   at most. Routes that a later load adopts leave it behind.

use super::{
    descriptor::{
        self,
        Descriptor, //
    },
    Module, Tunnel,
};
use crate::{
    bindings,
    livepatch::{
        self,
        Function,
        Patch, //
    },
};
use core::{
    marker::PhantomData,
    ptr, //
};
use kernel::{
    ffi::c_void,
    prelude::*,
    sync::atomic::{
        Atomic,
        Full,
        Relaxed, //
    },
    ThisModule, //
};

/// Positions in the livepatch.
const INPUT: usize = 0;

/// How many routes a behaviour has served.
#[derive(Clone, Copy)]
pub struct RouteCounts {
    /// Routes created since the module was loaded.
    pub built: u64,
    /// Routes taken over from the built-in code, each at its first packet.
    pub adopted: u64,
}

/// The takeover of behaviour `B`; a static variable of the module.
///
/// # Invariants
///
/// `descriptor` is null or points to a [`Descriptor`] that stays allocated as long as a route
/// points to it or the module is loaded.
pub struct Takeover<B> {
    patch: Patch,
    descriptor: Atomic<*mut Descriptor>,
    built: Atomic<u64>,
    adopted: Atomic<u64>,
    behaviour: PhantomData<fn() -> B>,
}

impl<B: Module> Takeover<B> {
    /// A takeover that has not begun.
    #[expect(clippy::new_without_default, reason = "for statics")]
    pub const fn new() -> Self {
        Self {
            patch: Patch::new(),
            descriptor: Atomic::new(ptr::null_mut()),
            built: Atomic::new(0),
            adopted: Atomic::new(0),
            behaviour: PhantomData,
        }
    }

    /// How many routes there are.
    pub fn routes(&self) -> RouteCounts {
        RouteCounts {
            built: self.built.load(Relaxed),
            adopted: self.adopted.load(Relaxed),
        }
    }

    /// Replaces the built-in behaviour.
    ///
    /// # Safety
    ///
    /// Called once, from the initialisation of `module`, as its last step that may fail.
    pub(super) unsafe fn begin(&'static self, module: &'static ThisModule) -> Result {
        let descriptor = KBox::new(Descriptor::new::<B>(), GFP_KERNEL)?;
        self.descriptor.store(KBox::into_raw(descriptor), Relaxed);

        // SAFETY: By the safety requirements; the replacements are made for these functions.
        let enabled = unsafe {
            self.patch.enable::<Callbacks<B>>(
                module,
                [
                    Function {
                        name: B::BUILTIN.input,
                        replacement: descriptor::builtin_input::<B> as *mut c_void,
                    },
                    Function {
                        name: B::BUILTIN.build_state,
                        replacement: descriptor::build_state::<B> as *mut c_void,
                    },
                ],
            )
        };
        match enabled {
            Ok(()) => pr_info!(
                "Rust serves in place of {}() and {}()\n",
                B::BUILTIN.input,
                B::BUILTIN.build_state
            ),
            Err(err) => {
                let hint = if err == EBUSY {
                    " (another livepatch, perhaps in transition, or a kprobe holds them)"
                } else if err == ENOENT {
                    " (this kernel has no such function)"
                } else {
                    ""
                };
                pr_err!(
                    "cannot replace {}() and {}(): {err:?}{hint}\n",
                    B::BUILTIN.input,
                    B::BUILTIN.build_state
                );
                // No route is ours: nobody runs the replacements before they have been enabled.
                // What is left to do is to free the descriptor.
                self.end();
            }
        }
        enabled
    }

    /// Gives everything back and waits until nobody is in the module any more.
    ///
    /// Sleeps for a grace period. The livepatch has been disabled, or was never enabled.
    pub(super) fn end(&'static self) {
        self.give_back();
        // SAFETY: We are in a task that may sleep and holds no lock that a packet may need.
        unsafe { bindings::synchronize_net() };
        let RouteCounts { built, adopted } = self.routes();
        if built == 0 && adopted == 0 {
            let descriptor = self.descriptor.load(Relaxed);
            self.descriptor.store(ptr::null_mut(), Relaxed);
            // SAFETY: It came from a `KBox`, and no route has ever pointed to it. None will: nobody
            // runs the replacements any more.
            drop(unsafe { KBox::from_raw(descriptor) });
        }
    }

    /// Leads all routes to Rust.
    fn take(&self) {
        self.set_input(descriptor::input::<B> as *mut c_void);
    }

    /// Leads all routes to the built-in code, from their next packet on.
    fn give_back(&self) {
        self.set_input(self.patch.original(INPUT));
    }

    fn set_input(&self, input: *mut c_void) {
        let descriptor = self.descriptor.load(Relaxed);
        // Without an original the livepatch never came to be, and no route points here.
        if !input.is_null() && !descriptor.is_null() {
            // SAFETY: By the type invariant. `input` is the built-in function or ours; the module
            // documentation says why ours stays in memory long enough.
            unsafe { Descriptor::set_input(descriptor, input) };
        }
    }

    /// Makes a new route ours.
    ///
    /// # Safety
    ///
    /// `tunnel` is the state of a route that nobody else sees yet.
    pub(super) unsafe fn claim(&self, tunnel: *mut bindings::seg6_local_lwt) {
        // SAFETY: By the safety requirements.
        unsafe { (*tunnel).desc = self.descriptor.load(Relaxed).cast() };
        self.built.add(1, Relaxed);
    }

    /// Whether a route is ours.
    pub(super) fn has(&self, tunnel: Tunnel<'_>) -> bool {
        ptr::eq(tunnel.descriptor(), self.descriptor.load(Relaxed).cast())
    }

    /// Makes a route ours whose packet came by way of the built-in input function.
    ///
    /// Does nothing for routes that are ours already, and for routes of behaviours that call that
    /// function for a part of their packets (End.DT46).
    #[inline]
    pub(super) fn adopt(&self, tunnel: Tunnel<'_>) {
        if tunnel.action() != B::BUILTIN.action {
            return;
        }
        let ours = self.descriptor.load(Relaxed).cast();
        // SAFETY: The state is allocated by the invariant of `Tunnel`; once a route is visible,
        // only this function writes the pointer, and the C side reads it.
        let desc = unsafe { Atomic::from_ptr(&raw mut (*tunnel.as_ptr()).desc) };
        let theirs = desc.load(Relaxed);
        if theirs == ours {
            return;
        }
        B::adopt(tunnel);
        // Of two CPUs with a packet each, one counts. Both descriptors are complete, and have the
        // same attributes, so it does not matter which one others see.
        if desc.cmpxchg(theirs, ours, Full).is_ok() {
            self.adopted.add(1, Relaxed);
        }
    }
}

/// What the livepatch core calls.
struct Callbacks<B>(PhantomData<B>);

impl<B: Module> livepatch::Callbacks for Callbacks<B> {
    fn post_patch() {
        // Disabling may have been begun and taken back.
        B::takeover().take();
    }

    fn pre_unpatch() {
        B::takeover().give_back();
    }

    fn post_unpatch() {
        // Enabling may have been begun and taken back.
        B::takeover().give_back();
    }
}

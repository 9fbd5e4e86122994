// SPDX-License-Identifier: GPL-2.0

//! Taking a behaviour over from the built-in code, and giving it back.
//!
//! The table of behaviours in the kernel cannot be changed. But what a packet follows is
//! `route->desc->input`, two pointers in memory that can. So there is one [`Descriptor`] of ours for
//! each behaviour, and two functions of the kernel are replaced, to get routes to point to it:
//!
//! 1. A *new route* is built by the replacement of the built-in `build_state` function, which
//!    sets `route->desc` before anybody sees the route ([`Takeover::claim`]).
//! 2. A *route that was there before* still leads its next packet to the built-in input function,
//!    whose replacement sets `route->desc` ([`Takeover::adopt`]) and processes the packet. From
//!    then on the route is like a new one: no livepatch, no ftrace in its way.
//! 3. *Giving all back* is one store: the descriptor's `input` becomes the built-in function
//!    ([`Takeover::give_back`]). No route is touched, so it does not matter how many there are,
//!    and none can be forgotten. Which function that is, the first route tells that we get.
//!
//! Functions are replaced by a livepatch, one for all behaviours, but for an input function that also
//! serves routes which stay with the built-in code: see [`Redirect`].
//!
//! # Why unloading is safe
//!
//! - The livepatch core removes the module's reference only when no task runs a replacement, nor
//!   will return into one. That covers `builtin_input` and `build_state`. Where `builtin_input` is
//!   reached by a [`Redirect`], nobody else is led there once that has ended, and who was is in an RCU
//!   read-side section.
//! - `input` is called through the descriptor only by `seg6_local_input_core()`, and below it by
//!   [`Tunnel::input`], inside an RCU read-side section from reading the pointer to the return of
//!   the call. After
//!   [`Takeover::give_back`] and a grace period nobody is in it. It may be given back more than
//!   once, and always is in [`Takeover::end`], for livepatches that are removed without callbacks
//!   (replaced by a cumulative one).
//! - A route that we get while unloading begins points to a descriptor that leads to the built-in
//!   code, like all the others, before anybody else sees that: see [`Takeover::know`].
//! - The descriptor is freed only if no route has ever pointed to it. Otherwise it stays allocated, 64
//!   octets, for good, for nobody tells us when the last of them goes: that is what one unload costs
//!   at most for each behaviour. Routes that a later load adopts leave it behind.

use super::{
    audit::Audit,
    descriptor::{
        self,
        Descriptor, //
    },
    redirect::Redirect,
    Behaviour,
    Tunnel, //
};
use crate::{
    bindings,
    ftrace::{
        Access,
        Watch,
        Watcher, //
    },
    livepatch::Function,
    once::read_once,
};
use core::{
    marker::PhantomData,
    ops::Add,
    ptr, //
};
use kernel::{
    ffi::c_void,
    prelude::*,
    str::CStr,
    sync::atomic::{
        Acquire,
        Atomic,
        Full,
        Relaxed, //
    }, //
};

/// How many routes were served.
#[derive(Clone, Copy, Default)]
pub struct RouteCounts {
    /// Routes created since the module was loaded.
    pub built: u64,
    /// Routes taken over from the built-in code, each at its first packet.
    pub adopted: u64,
}

impl Add for RouteCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            built: self.built.wrapping_add(other.built),
            adopted: self.adopted.wrapping_add(other.adopted),
        }
    }
}

/// What [`module_seg6_behaviours!`](crate::module_seg6_behaviours), and nobody else, knows of a
/// behaviour.
///
/// # Safety
///
/// [`takeover`](Self::takeover) always returns the same one.
#[doc(hidden)]
pub unsafe trait Served: Behaviour {
    /// The takeover of this behaviour, a static variable of the module.
    fn takeover() -> &'static Takeover<Self>;
}

/// The takeover of behaviour `B`; a static variable of the module.
///
/// # Invariants
///
/// - `descriptor` is null or points to a [`Descriptor`] that stays allocated as long as a route
///   points to it or the module is loaded.
/// - `original` is null or the built-in input function.
/// - `watch` has begun, and not ended, if `is_watching`.
pub struct Takeover<B> {
    descriptor: Atomic<*mut Descriptor>,
    original: Atomic<*mut c_void>,
    serves: Atomic<bool>,
    built: Atomic<u64>,
    adopted: Atomic<u64>,
    watch: Watch,
    is_watching: Atomic<bool>,
    behaviour: PhantomData<fn() -> B>,
}

/// A [`Takeover`] of some behaviour.
#[doc(hidden)]
pub trait Replacement: Sync {
    /// Makes ready to serve, before the livepatch is enabled. Sleeps.
    ///
    /// # Safety
    ///
    /// Called once, or [`observe`](Self::observe) is, from the initialisation of the module.
    unsafe fn begin(&'static self) -> Result;

    /// Shows the behaviour what the built-in one gets. Sleeps.
    ///
    /// # Safety
    ///
    /// As for [`begin`](Self::begin).
    unsafe fn observe(&'static self) -> Result;

    /// What the livepatch has to replace.
    fn functions(&'static self) -> [Option<Function>; 2];

    /// Leads all routes to Rust.
    fn take(&self);

    /// Leads all routes to the built-in code, from their next packet on.
    fn give_back(&self);

    /// Gives everything back and waits until nobody is in the module any more, or ends observing.
    ///
    /// Sleeps for a grace period. The livepatch has been disabled, or was never enabled.
    fn end(&'static self);

    /// How many routes there are.
    fn routes(&self) -> RouteCounts;

    /// Whether a route is ours.
    fn has(&self, tunnel: Tunnel<'_>) -> bool;

    /// The name of the behaviour.
    fn name(&self) -> &'static str;

    /// The name of the built-in input function.
    fn input(&self) -> &'static CStr;
}

impl<B: Served> Takeover<B> {
    /// A takeover that has not begun.
    #[expect(clippy::new_without_default, reason = "for statics")]
    pub const fn new() -> Self {
        Self {
            descriptor: Atomic::new(ptr::null_mut()),
            original: Atomic::new(ptr::null_mut()),
            serves: Atomic::new(false),
            built: Atomic::new(0),
            adopted: Atomic::new(0),
            watch: Watch::new(),
            is_watching: Atomic::new(false),
            behaviour: PhantomData,
        }
    }

    /// Whether packets are processed by us.
    #[inline]
    pub(super) fn is_serving(&self) -> bool {
        self.serves.load(Relaxed)
    }

    /// Has `W` watch the built-in input function.
    ///
    /// # Safety
    ///
    /// Called once.
    unsafe fn watch<W: Watcher>(&'static self, access: Access) -> Result {
        // SAFETY: By the safety requirements.
        unsafe { self.watch.begin::<W>(B::BUILTIN.input, access) }?;
        self.is_watching.store(true, Relaxed);
        Ok(())
    }

    /// Leads all routes to Rust, or to the built-in code, whatever is wanted at last.
    fn lead(&self) {
        let descriptor = self.descriptor.load(Relaxed);
        loop {
            let serves = self.serves.load(Acquire);
            let input = if serves {
                descriptor::input::<B> as *mut c_void
            } else {
                self.original.load(Acquire)
            };
            // Without an original no route points here yet: who makes the first one that does knows it,
            // and comes here, too.
            if !input.is_null() && !descriptor.is_null() {
                // SAFETY: By the type invariant; the module documentation says why ours stays in memory
                // long enough.
                unsafe { Descriptor::set_input(descriptor, input) };
            }
            if self.serves.load(Relaxed) == serves {
                return;
            }
        }
    }

    /// Knows the built-in input function from a descriptor that leads there, one of the kernel or one
    /// that an earlier load has left. Called before a route points to our descriptor.
    ///
    /// Who gives all back at the same time either sees what is stored here, or is seen: both are
    /// atomic operations on the two variables with full ordering. In the second case the descriptor
    /// leads to the built-in code when this returns.
    fn know(&self, theirs: *const bindings::seg6_action_desc) {
        // SAFETY: Descriptors of the kernel are static, and those that a load has left stay. The
        // function does not change in those any more.
        let original = unsafe { read_once(&raw const (*theirs).input) };
        let original = original.map_or(ptr::null_mut(), |input| input as *mut c_void);
        if self.original.load(Acquire) != original {
            self.original.xchg(original, Full);
        }
        if !self.serves.load(Acquire) {
            self.lead();
        }
    }

    /// Makes a new route ours.
    ///
    /// # Safety
    ///
    /// `tunnel` is the state of a route that nobody else sees yet.
    pub(super) unsafe fn claim(&self, tunnel: *mut bindings::seg6_local_lwt) {
        // SAFETY: By the safety requirements.
        unsafe {
            self.know((*tunnel).desc);
            (*tunnel).desc = self.descriptor.load(Relaxed).cast();
        }
        self.built.add(1, Relaxed);
    }

    /// Makes a route ours whose packet came by way of the built-in input function.
    ///
    /// Does nothing for routes that are ours already, and for routes of behaviours that call that
    /// function for a part of their packets (End.DT46).
    #[inline]
    pub(super) fn adopt(&self, tunnel: Tunnel<'_>) {
        if !B::BUILTIN.covers(tunnel) {
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
        self.know(theirs);
        B::adopt(tunnel);
        // Of two CPUs with a packet each, one counts. Both descriptors are complete, and have the
        // same attributes, so it does not matter which one others see.
        if desc.cmpxchg(theirs, ours, Full).is_ok() {
            self.adopted.add(1, Relaxed);
        }
    }
}

impl<B: Served> Replacement for Takeover<B> {
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn begin(&'static self) -> Result {
        let descriptor = KBox::new(Descriptor::new::<B>(), GFP_KERNEL)?;
        self.descriptor.store(KBox::into_raw(descriptor), Relaxed);
        self.serves.store(true, Relaxed);
        if B::BUILTIN.has_tables {
            // SAFETY: By the safety requirements.
            unsafe { self.watch::<Redirect<B>>(Access::Redirect) }?;
        }
        Ok(())
    }

    /// # Safety
    ///
    /// As the trait says.
    unsafe fn observe(&'static self) -> Result {
        // SAFETY: By the safety requirements.
        unsafe { self.watch::<Audit<B>>(Access::Look) }
    }

    fn functions(&'static self) -> [Option<Function>; 2] {
        let input = Function {
            name: B::BUILTIN.input,
            replacement: descriptor::builtin_input::<B> as *mut c_void,
        };
        [
            (!B::BUILTIN.has_tables).then_some(input),
            Some(Function {
                name: B::BUILTIN.build_state,
                replacement: descriptor::build_state::<B> as *mut c_void,
            }),
        ]
    }

    fn take(&self) {
        self.serves.xchg(true, Full);
        self.lead();
    }

    fn give_back(&self) {
        self.serves.xchg(false, Full);
        self.lead();
    }

    fn end(&'static self) {
        if self.is_watching.xchg(false, Relaxed) {
            // SAFETY: By the type invariant.
            unsafe { self.watch.end() };
        }
        self.give_back();
        // SAFETY: We are in a task that may sleep and holds no lock that a packet may need.
        unsafe { bindings::synchronize_net() };
        let RouteCounts { built, adopted } = self.routes();
        let descriptor = self.descriptor.load(Relaxed);
        if built == 0 && adopted == 0 && !descriptor.is_null() {
            self.descriptor.store(ptr::null_mut(), Relaxed);
            // SAFETY: It came from a `KBox`, and no route has ever pointed to it. None will: nobody
            // runs the replacements any more.
            drop(unsafe { KBox::from_raw(descriptor) });
        }
    }

    fn routes(&self) -> RouteCounts {
        RouteCounts {
            built: self.built.load(Relaxed),
            adopted: self.adopted.load(Relaxed),
        }
    }

    fn has(&self, tunnel: Tunnel<'_>) -> bool {
        ptr::eq(tunnel.descriptor(), self.descriptor.load(Relaxed).cast())
    }

    fn name(&self) -> &'static str {
        B::BUILTIN.name
    }

    fn input(&self) -> &'static CStr {
        B::BUILTIN.input
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Where the hook is: in namespaces whose SIDs get packets, and in no other.
//!
//! A packet cannot register it, so one that is [wanted](SidRoutes::want) gets a work item going, which
//! registers it. The work item also sweeps the memory every few seconds, and takes the hook away from
//! a namespace of which nothing is left, and which has marked nothing since the last time, or where
//! nothing may be remembered, and from all if that is switched off. It rests only after a sweep that
//! has left nothing: an address that is marked says nothing any more, and would wait for ever.
//!
//! # Why this is safe
//!
//! - The hook comes and goes in the work item only, one after the other, while the list of namespaces
//!   is locked. A namespace that goes has left that list before its `pre_exit()` is
//!   called, which takes the hook away for good. Between that and `exit()` the kernel waits for a
//!   grace period: nobody is in the hook any more, and nothing new is remembered, so what `exit()`
//!   forgets is all there is. It runs before that of IPv6, whose operations were registered before.
//! - When the module goes its behaviour has been given back, so nobody marks any more. First the
//!   work item is stopped for good. Unregistering the operations then does for each namespace what
//!   was just said, and with it the same grace period.
//! - A route that is remembered keeps no device, no namespace and no other route: the kernel takes
//!   these away from it when they go.

use super::{
    hook::Ops,
    Finder,
    SidRoutes, //
};
use crate::{
    bindings,
    net_namespace::Net,
    once::jiffies,
    pernet::{
        self,
        PerNet, //
    },
    rcu::ReadSection, //
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu,
    },
};

/// How long something is remembered that is not asked for, once to twice that: milliseconds.
const PERIOD: u32 = 5000;

/// The same in ticks.
fn period() -> usize {
    kernel::time::msecs_to_jiffies(PERIOD)
}

/// What we keep in a namespace.
pub(super) struct State<F> {
    /// Whether the hook is registered.
    hooked: Atomic<bool>,
    /// Whether it was at any time, so that there may be something to forget.
    was_hooked: Atomic<bool>,
    /// Whether something was marked, or asked for, since the last sweep.
    wanted: Atomic<bool>,
    /// The generation in which nothing may be remembered here.
    vain: Atomic<i32>,
    finder: PhantomData<fn() -> F>,
}

impl<F: Finder> State<F> {
    /// Takes the hook away. It is registered.
    fn unhook(&self, net: Net<'_>) {
        // SAFETY: It is, in this namespace, whose state this is.
        unsafe { bindings::nf_unregister_net_hook(net.as_ptr(), SidRoutes::<F>::OPS.as_ptr()) };
        self.hooked.store(false, Relaxed);
    }

    fn is_vain(&self, net: Net<'_>) -> bool {
        self.vain.load(Relaxed) == net.ipv6_generation()
    }
}

// SAFETY: Zeros are: no hook, nothing wanted.
unsafe impl<F: Finder> pernet::State for State<F> {
    fn all() -> &'static PerNet<Self> {
        &F::routes().namespaces
    }

    fn pre_exit(&self, net: Net<'_>) {
        if self.hooked.load(Relaxed) {
            self.unhook(net);
        }
    }

    fn exit(&self, net: Net<'_>) {
        if self.was_hooked.load(Relaxed) {
            let guard = rcu::read_lock();
            F::routes().memory.forget(net, ReadSection::from(&guard));
        }
    }
}

impl<F: Finder> SidRoutes<F> {
    const OPS: &'static Ops = &const { Ops::new::<F>() };

    /// Makes it happen that `net` has the hook, unless it would be in vain.
    ///
    /// Packet path.
    #[cold]
    pub(super) fn want(&'static self, net: Net<'_>, rcu: ReadSection<'_>) {
        let Some(state) = self.namespaces.get(net, rcu) else {
            return;
        };
        state.wanted.store(true, Relaxed);
        // Where it is hooked it does not rest.
        if !state.hooked.load(Relaxed) {
            if state.is_vain(net) {
                self.tend_later();
            } else {
                self.tend_now();
            }
        }
    }

    /// Notes that nothing may be remembered in `net` in this generation.
    ///
    /// Packet path.
    #[cold]
    pub(super) fn is_vain_in(&'static self, net: Net<'_>, generation: i32, rcu: ReadSection<'_>) {
        if let Some(state) = self.namespaces.get(net, rcu) {
            state.vain.store(generation, Relaxed);
            self.tend_now();
        }
    }

    /// How many ticks until the memory is to be swept.
    fn until_sweep(&self) -> usize {
        period().saturating_sub(jiffies().wrapping_sub(self.swept_at.load(Relaxed)))
    }

    /// Gets the work item going for the next sweep, if it rests. Called while they are registered.
    fn tend_later(&'static self) {
        // SAFETY: The work item is initialised since before they were.
        unsafe { bindings::queue_delayed_work(self.work.get(), self.until_sweep()) };
    }

    /// Gets the work item going, even if it waits for the next sweep. Called while they are registered.
    ///
    /// Packet path.
    pub(super) fn tend_now(&'static self) {
        // SAFETY: The work item is initialised since before they were.
        unsafe { bindings::mod_delayed_work(self.work.get(), 0) };
    }

    /// Makes it possible to want the hook.
    ///
    /// Fails with `EBUSY` if somebody has done that, and not undone it.
    pub(super) fn register(&'static self) -> Result {
        self.namespaces.register(|| {
            self.swept_at.store(jiffies(), Relaxed);
            // SAFETY: It is ours to initialise: this happens once until it is undone, and nobody
            // queues it before the namespaces have their state.
            unsafe { bindings::init_delayed_work(self.work.get(), Some(run::<F>)) };
        })
    }

    /// Takes all hooks away and forgets everything. It was registered.
    pub(super) fn unregister(&'static self) {
        // SAFETY: The work item was initialised, and they are registered.
        unsafe {
            bindings::disable_delayed_work_sync(self.work.get());
            self.namespaces.unregister();
        }
    }

    /// Brings the hook to where it is wanted, and sweeps if it is time. Whether there is more to do
    /// later.
    fn tend(&'static self) -> bool {
        let sweep = self.until_sweep() == 0;
        if sweep {
            self.swept_at.store(jiffies(), Relaxed);
            let guard = rcu::read_lock();
            let rcu = ReadSection::from(&guard);
            self.memory.sweep(rcu, |net| {
                if let Some(state) = self.namespaces.get(net, rcu) {
                    state.wanted.store(true, Relaxed);
                }
            });
        }
        // Those whose wish is fulfilled, or cannot be, may have left something.
        let mut more = !sweep;
        self.namespaces
            .for_each(|net, state| more |= self.tend_namespace(net, state, sweep));
        more
    }

    fn tend_namespace(&'static self, net: Net<'_>, state: &State<F>, swept: bool) -> bool {
        let hooked = state.hooked.load(Relaxed);
        let wanted = if swept {
            state.wanted.xchg(false, Relaxed)
        } else {
            hooked || state.wanted.load(Relaxed)
        };
        match (wanted && F::is_on() && !state.is_vain(net), hooked) {
            (true, false) => {
                // SAFETY: The namespace is alive, and the hook stays in memory until it has been taken
                // away. If there is no memory for it, the next mark will ask again.
                let err =
                    unsafe { bindings::nf_register_net_hook(net.as_ptr(), Self::OPS.as_ptr()) };
                state.hooked.store(err == 0, Relaxed);
                state.was_hooked.store(true, Relaxed);
            }
            (false, true) => state.unhook(net),
            _ => {}
        }
        wanted || hooked
    }
}

/// The work item.
///
/// # Safety
///
/// Called by the work queue, after `register()` and not after `unregister()`.
unsafe extern "C" fn run<F: Finder>(_: *mut bindings::work_struct) {
    let routes = F::routes();
    if routes.tend() {
        // If it was queued meanwhile it runs earlier.
        routes.tend_later();
    }
}

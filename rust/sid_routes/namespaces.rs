// SPDX-License-Identifier: GPL-2.0

//! Where the hook is: in namespaces whose SIDs get packets, and in no other.
//!
//! A packet cannot register it, so one that is [wanted](SidRoutes::want) gets a work item going, which
//! registers it. The work item also sweeps the memory every few seconds, and takes the hook away from
//! a namespace of which nothing is left, and which has marked nothing since the last time, or where
//! nothing may be remembered, and from all if that is switched off.
//!
//! # Why this is safe
//!
//! - The hook comes and goes in the work item only, one after the other, while it holds `net_rwsem`
//!   for the list of namespaces. A namespace that goes has left that list before its `pre_exit()` is
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
    rcu::ReadSection, //
};
use core::{
    mem::offset_of,
    ptr, //
};
use kernel::{
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Full,
            Relaxed,
            Release, //
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

/// What we keep in a namespace. The kernel allocates it, all zero, and frees it after `exit()`.
#[repr(C)]
struct State {
    /// Whether the hook is registered.
    hooked: Atomic<bool>,
    /// Whether it was at any time, so that there may be something to forget.
    was_hooked: Atomic<bool>,
    /// Whether something was marked, or asked for, since the last sweep.
    wanted: Atomic<bool>,
    /// The generation in which nothing may be remembered here.
    vain: Atomic<i32>,
}

impl State {
    fn is_vain(&self, net: Net<'_>) -> bool {
        self.vain.load(Relaxed) == net.ipv6_generation()
    }
}

impl<F: Finder> SidRoutes<F> {
    const OPS: &'static Ops = &const { Ops::new::<F>() };

    /// Makes it happen that `net` has the hook, unless it would be in vain.
    ///
    /// Packet path.
    #[cold]
    pub(super) fn want(&'static self, net: Net<'_>, _rcu: ReadSection<'_>) {
        if !self.registered.load(Acquire) {
            return;
        }
        // SAFETY: They are registered, and what they keep is freed a grace period after that has ended.
        let state = unsafe { self.state(net) };
        state.wanted.store(true, Relaxed);
        if !state.hooked.load(Relaxed) && !state.is_vain(net) {
            self.tend_now();
        }
    }

    /// Notes that nothing may be remembered in `net` in this generation.
    ///
    /// Packet path.
    #[cold]
    pub(super) fn is_vain_in(&'static self, net: Net<'_>, generation: i32) {
        // SAFETY: The only caller is the hook, which is there only while they are registered.
        unsafe { self.state(net) }.vain.store(generation, Relaxed);
        self.tend_now();
    }

    /// Gets the work item going, even if it waits for the next sweep. Called while they are registered.
    ///
    /// Packet path.
    pub(super) fn tend_now(&'static self) {
        // SAFETY: The work item is initialised since before they were.
        unsafe { bindings::mod_delayed_work(self.work.get(), 0) };
    }

    /// # Safety
    ///
    /// The operations are registered.
    unsafe fn state<'a>(&self, net: Net<'a>) -> &'a State {
        // SAFETY: By the safety requirements the kernel has allocated it with the namespace.
        unsafe { &*bindings::net_generic(net.as_ptr(), *self.id.get()).cast() }
    }

    /// Registers the operations for namespaces.
    ///
    /// Fails with `EBUSY` if somebody has done that, and not undone it.
    pub(super) fn register(&'static self) -> Result {
        if self.taken.xchg(true, Full) {
            return Err(EBUSY);
        }
        self.swept_at.store(jiffies(), Relaxed);
        // SAFETY: Both are ours to initialise, and stay until they have been unregistered.
        unsafe {
            bindings::init_delayed_work(self.work.get(), Some(run::<F>));
            self.operations.get().write(bindings::pernet_operations {
                pre_exit: Some(pre_exit::<F>),
                exit: Some(exit::<F>),
                id: self.id.get(),
                size: size_of::<State>(),
                ..Default::default()
            });
            to_result(bindings::register_pernet_subsys(self.operations.get()))
        }
        .inspect_err(|_| self.taken.store(false, Release))?;
        self.registered.store(true, Release);
        Ok(())
    }

    /// Takes all hooks away and forgets everything.
    pub(super) fn unregister(&'static self) {
        self.registered.store(false, Relaxed);
        // SAFETY: They were registered.
        unsafe {
            bindings::disable_delayed_work_sync(self.work.get());
            bindings::unregister_pernet_subsys(self.operations.get());
        }
        self.taken.store(false, Release);
    }

    /// Brings the hook to where it is wanted, and sweeps if it is time. Whether there is more to do
    /// later.
    fn tend(&'static self) -> bool {
        let now = jiffies();
        let sweep = now.wrapping_sub(self.swept_at.load(Relaxed)) >= period();
        if sweep {
            self.swept_at.store(now, Relaxed);
            let guard = rcu::read_lock();
            // SAFETY: The operations are registered as long as the work item runs.
            self.memory.sweep(ReadSection::from(&guard), |net| unsafe {
                self.state(net).wanted.store(true, Relaxed);
            });
        }
        let mut more = false;
        // SAFETY: The lock protects the list of namespaces, and keeps those that are on it.
        unsafe {
            bindings::down_read(&raw mut bindings::net_rwsem);
            let head = &raw mut bindings::net_namespace_list;
            let mut node = (*head).next;
            while !ptr::eq(node, head) {
                let net = node
                    .wrapping_byte_sub(offset_of!(bindings::net, list))
                    .cast();
                more |= self.tend_namespace(Net::from_raw(net), sweep);
                node = (*node).next;
            }
            bindings::up_read(&raw mut bindings::net_rwsem);
        }
        more
    }

    /// # Safety
    ///
    /// The namespace is on the list, and the operations are registered.
    unsafe fn tend_namespace(&'static self, net: Net<'_>, swept: bool) -> bool {
        // SAFETY: By the safety requirements.
        let state = unsafe { self.state(net) };
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
            // SAFETY: It is registered, as it says.
            (false, true) => unsafe { self.unhook(net, state) },
            _ => {}
        }
        wanted || hooked
    }

    /// # Safety
    ///
    /// The hook is registered in `net`, whose state this is.
    unsafe fn unhook(&self, net: Net<'_>, state: &State) {
        // SAFETY: By the safety requirements.
        unsafe { bindings::nf_unregister_net_hook(net.as_ptr(), Self::OPS.as_ptr()) };
        state.hooked.store(false, Relaxed);
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
        // SAFETY: It is initialised. If it was queued meanwhile it runs earlier.
        unsafe { bindings::queue_delayed_work(routes.work.get(), period()) };
    }
}

/// # Safety
///
/// Called by the kernel for a namespace that goes, or for each when the operations go.
unsafe extern "C" fn pre_exit<F: Finder>(net: *mut bindings::net) {
    let routes = F::routes();
    // SAFETY: By the safety requirements.
    unsafe {
        let net = Net::from_raw(net);
        let state = routes.state(net);
        if state.hooked.load(Relaxed) {
            routes.unhook(net, state);
        }
    }
}

/// # Safety
///
/// Called by the kernel a grace period after [`pre_exit`].
unsafe extern "C" fn exit<F: Finder>(net: *mut bindings::net) {
    let routes = F::routes();
    // SAFETY: By the safety requirements the namespace is still allocated, and what we keep in it.
    let (net, state) = unsafe {
        let net = Net::from_raw(net);
        (net, routes.state(net))
    };
    if state.was_hooked.load(Relaxed) {
        let guard = rcu::read_lock();
        routes.memory.forget(net, ReadSection::from(&guard));
    }
}

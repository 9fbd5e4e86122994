// SPDX-License-Identifier: GPL-2.0

//! What a module keeps in each network namespace.
//!
//! C header: `include/net/net_namespace.h`

use crate::{
    bindings,
    net_namespace::Net,
    rcu::ReadSection, //
};
use core::{
    marker::PhantomData,
    mem::offset_of,
    ptr, //
};
use kernel::{
    error::to_result,
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Full,
        Relaxed,
        Release, //
    },
    types::Opaque, //
};

/// What is kept in one namespace. It begins as zeros, and the kernel frees its memory after
/// [`exit`](Self::exit).
///
/// # Safety
///
/// Zeros are a valid value.
pub(crate) unsafe trait State: Sync + Sized + 'static {
    /// Where it is all kept: a static variable, always the same one.
    fn all() -> &'static PerNet<Self>;

    /// The namespace goes, or the module. Runs in a task.
    fn pre_exit(&self, _net: Net<'_>) {}

    /// A grace period has passed, and nobody else has the state any more: no packet of the namespace,
    /// and no [`PerNet::for_each`]. Runs in a task.
    fn exit(&self, _net: Net<'_>) {}
}

/// A `T` in each namespace; a static variable.
pub(crate) struct PerNet<T> {
    /// The number by which the kernel knows what is kept.
    id: Opaque<u32>,
    operations: Opaque<bindings::pernet_operations>,
    /// Whether they are registered, or about to be.
    taken: Atomic<bool>,
    /// Whether they are registered.
    registered: Atomic<bool>,
    state: PhantomData<T>,
}

// SAFETY: What is not atomic belongs to the kernel, which locks; what is kept may be used by any task.
unsafe impl<T: State> Sync for PerNet<T> {}

impl<T: State> PerNet<T> {
    /// Nothing is kept yet.
    pub(crate) const fn new() -> Self {
        Self {
            id: Opaque::zeroed(),
            operations: Opaque::zeroed(),
            taken: Atomic::new(false),
            registered: Atomic::new(false),
            state: PhantomData,
        }
    }

    /// Begins to keep it, in the namespaces that there are and in those to come, after `prepare`.
    /// Sleeps.
    ///
    /// Fails with `EBUSY`, before `prepare`, if it is being kept already.
    pub(crate) fn register(&'static self, prepare: impl FnOnce()) -> Result {
        if self.taken.xchg(true, Full) {
            return Err(EBUSY);
        }
        prepare();
        // SAFETY: The operations are ours to write, and stay until they have been unregistered.
        unsafe {
            self.operations.get().write(bindings::pernet_operations {
                pre_exit: Some(pre_exit::<T>),
                exit: Some(exit::<T>),
                id: self.id.get(),
                size: size_of::<T>(),
                ..Default::default()
            });
            to_result(bindings::register_pernet_subsys(self.operations.get()))
        }
        .inspect_err(|_| self.taken.store(false, Release))?;
        self.registered.store(true, Release);
        Ok(())
    }

    /// Ends it: nobody finds anything any more, and all namespaces see [`State::pre_exit`] and
    /// [`State::exit`]. Sleeps for a grace period.
    ///
    /// # Safety
    ///
    /// It is being kept.
    pub(crate) unsafe fn unregister(&'static self) {
        // SAFETY: The lock keeps out those who walk the namespaces. The operations are registered.
        unsafe {
            bindings::down_write(&raw mut bindings::net_rwsem);
            self.registered.store(false, Relaxed);
            bindings::up_write(&raw mut bindings::net_rwsem);
            bindings::unregister_pernet_subsys(self.operations.get());
        }
        self.taken.store(false, Release);
    }

    /// What is kept in `net`; [`None`] if nothing is kept at all.
    ///
    /// Packet path.
    #[inline]
    pub(crate) fn get<'rcu>(&self, net: Net<'rcu>, _rcu: ReadSection<'rcu>) -> Option<&'rcu T> {
        if !self.registered.load(Acquire) {
            return None;
        }
        // SAFETY: They are registered, or were when the read-side section began, and the kernel frees
        // what is kept a grace period after that has ended.
        //
        // If the namespace goes, it has a device for as long as somebody gets to know it by a packet
        // or a route. Its devices have been unregistered, all their references given back, and a
        // grace period has passed, before what is kept is freed: `default_device_ops` goes before
        // any subsystem.
        Some(unsafe { self.raw(net) })
    }

    /// # Safety
    ///
    /// What is kept in the namespace is allocated for `'a`.
    unsafe fn raw<'a>(&self, net: Net<'_>) -> &'a T {
        // SAFETY: By the safety requirements; zeros are a valid value, and only shared references
        // to it are made.
        unsafe { &*bindings::net_generic(net.as_ptr(), *self.id.get()).cast() }
    }

    /// Calls `f` for each namespace; not if nothing is kept. Sleeps; no namespace comes or goes
    /// meanwhile.
    pub(crate) fn for_each(&self, mut f: impl FnMut(Net<'_>, &T)) {
        // SAFETY: The lock protects the list of namespaces, and keeps those that are on it, with what
        // is kept there if the operations are registered.
        unsafe {
            bindings::down_read(&raw mut bindings::net_rwsem);
            let head = &raw mut bindings::net_namespace_list;
            let mut node = (*head).next;
            while self.registered.load(Acquire) && !ptr::eq(node, head) {
                let net = node
                    .wrapping_byte_sub(offset_of!(bindings::net, list))
                    .cast();
                let net = Net::from_raw(net);
                f(net, self.raw(net));
                node = (*node).next;
            }
            bindings::up_read(&raw mut bindings::net_rwsem);
        }
    }
}

/// # Safety
///
/// Called by the kernel for a namespace that goes, or for each when the operations go.
unsafe extern "C" fn pre_exit<T: State>(net: *mut bindings::net) {
    // SAFETY: By the safety requirements the namespace is allocated, and what is kept in it.
    unsafe {
        let net = Net::from_raw(net);
        T::all().raw(net).pre_exit(net);
    }
}

/// # Safety
///
/// Called by the kernel a grace period after [`pre_exit`].
unsafe extern "C" fn exit<T: State>(net: *mut bindings::net) {
    // SAFETY: As above.
    unsafe {
        let net = Net::from_raw(net);
        T::all().raw(net).exit(net);
    }
}

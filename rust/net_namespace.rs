// SPDX-License-Identifier: GPL-2.0

//! Network namespaces.
//!
//! C header: `include/net/net_namespace.h`

use crate::{bindings, netdevice::NetDevice, once::read_once, rcu::ReadSection};
use core::{
    iter,
    marker::PhantomData, //
};
use kernel::sync::atomic::{
    Acquire,
    Atomic, //
};

/// A network namespace, `struct net`, that is alive for `'a`.
///
/// # Invariants
///
/// `ptr` points to a `struct net` that stays allocated for `'a`.
#[derive(Clone, Copy)]
pub struct Net<'a> {
    ptr: *mut bindings::net,
    alive: PhantomData<&'a bindings::net>,
}

impl<'a> Net<'a> {
    /// # Safety
    ///
    /// `ptr` must point to a `struct net` that stays allocated for `'a`.
    #[inline]
    pub(crate) unsafe fn from_raw(ptr: *mut bindings::net) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            ptr,
            alive: PhantomData,
        }
    }

    /// The C pointer.
    #[inline]
    pub(crate) fn as_ptr(self) -> *mut bindings::net {
        self.ptr
    }

    /// The number by which users know it: the inode of `/proc/PID/ns/net`.
    pub fn inode(self) -> u32 {
        // SAFETY: By the type invariant; the number does not change.
        unsafe { bindings::net_inode(self.ptr) }
    }

    /// The device with index `ifindex` in this namespace; `dev_get_by_index_rcu()`.
    #[inline]
    pub fn device_by_index<'rcu>(
        self,
        ifindex: i32,
        _rcu: ReadSection<'rcu>,
    ) -> Option<NetDevice<'rcu>> {
        // SAFETY: By the type invariant the namespace is allocated, and `_rcu` is evidence of the
        // RCU read-side section that the lookup needs.
        let dev = unsafe { bindings::dev_get_by_index_rcu(self.ptr, ifindex) };
        if dev.is_null() {
            return None;
        }
        // SAFETY: A device found under RCU stays allocated until the read-side section ends.
        Some(unsafe { NetDevice::from_raw(dev) })
    }

    /// A number that changes when a device comes or goes; `dev_base_seq`.
    ///
    /// What a walk through the [`devices`](Self::devices) has not found after reading it need not be
    /// looked for again while it is the same: the kernel changes the list first (`list_netdevice()`).
    pub fn dev_base_seq(self) -> u32 {
        // SAFETY: By the type invariant. The C side writes it under the RTNL, with `WRITE_ONCE()`.
        unsafe { Atomic::from_ptr(&raw mut (*self.ptr).dev_base_seq) }.load(Acquire)
    }

    /// The devices of this namespace; `for_each_netdev_rcu()`.
    pub fn devices<'rcu>(self, _rcu: ReadSection<'rcu>) -> impl Iterator<Item = NetDevice<'rcu>> {
        // SAFETY: By the type invariant the namespace is allocated, and `_rcu` is evidence of the
        // RCU read-side section that the walk needs.
        let mut next = unsafe { bindings::first_net_device_rcu(self.ptr) };
        iter::from_fn(move || {
            let dev = next;
            if dev.is_null() {
                return None;
            }
            // SAFETY: A device found under RCU stays allocated until the read-side section ends,
            // and leads to the next one.
            unsafe {
                next = bindings::next_net_device_rcu(dev);
                Some(NetDevice::from_raw(dev))
            }
        })
    }
}

impl<'a> NetDevice<'a> {
    /// The network namespace of the device; `dev_net_rcu()`.
    #[inline]
    pub fn net(self) -> Net<'a> {
        // SAFETY: By the type invariant. The field changes when the device moves to another
        // namespace; a namespace is freed a grace period after its last device left, so it stays
        // allocated for `'a`.
        unsafe { Net::from_raw(read_once(&raw const (*self.as_ptr()).nd_net.net)) }
    }
}

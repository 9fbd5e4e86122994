// SPDX-License-Identifier: GPL-2.0

//! The route of a received packet.

use super::{
    Prefix,
    FORCE_CHECK, //
};
use crate::{
    bindings::{
        self,
        fib6_info, //
    },
    netdevice::NetDevice,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::Outer,
        SkBuff, //
    },
};
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};

/// The route of a received packet, `struct rt6_info`.
///
/// # Invariants
///
/// `ptr` points to a route of IPv6 that stays allocated for `'a`. Others write it.
#[derive(Clone, Copy)]
pub struct Route<'a> {
    ptr: NonNull<bindings::rt6_info>,
    alive: PhantomData<&'a bindings::rt6_info>,
}

impl<'a> Route<'a> {
    /// # Safety
    ///
    /// `ptr` points to a route of IPv6 that stays allocated for `'a`.
    #[inline]
    pub(crate) unsafe fn from_raw(ptr: NonNull<bindings::rt6_info>) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            ptr,
            alive: PhantomData,
        }
    }

    /// The C pointer.
    #[inline]
    pub(crate) fn as_ptr(self) -> NonNull<bindings::rt6_info> {
        self.ptr
    }

    /// What in the table it comes from, null if that is gone.
    #[inline]
    pub(crate) fn origin(self) -> *const fib6_info {
        // SAFETY: By the type invariant.
        unsafe { read_once(&raw const (*self.ptr.as_ptr()).from) }.cast_const()
    }

    /// The device it leads out by; `dst_dev_rcu()`. That of nothing, in the initial namespace, if the
    /// kernel has given it up.
    pub(crate) fn dev(self) -> NetDevice<'a> {
        // SAFETY: By the type invariant. The field changes when the device goes, which is freed a grace
        // period later.
        unsafe {
            NetDevice::from_raw(read_once(
                &raw const (*self.ptr.as_ptr()).dst.__bindgen_anon_1.dev,
            ))
        }
    }

    /// Whether what it comes from is still in its table, and the kernel has not given it up.
    #[inline]
    pub(crate) fn is_valid(self) -> bool {
        // SAFETY: By the type invariant.
        let obsolete = unsafe { read_once(&raw const (*self.ptr.as_ptr()).dst.obsolete) };
        obsolete == FORCE_CHECK && !self.origin().is_null()
    }

    /// Whether it passes packets on, and refuses none.
    #[inline]
    pub fn is_plain(self) -> bool {
        // SAFETY: By the type invariant; the field does not change.
        unsafe { (*self.ptr.as_ptr()).dst.error == 0 }
    }

    /// The destination of what it comes from; [`None`] if that has left its table.
    pub fn prefix(self) -> Option<Prefix> {
        let origin = self.origin();
        if origin.is_null() {
            return None;
        }
        // SAFETY: What a route comes from is freed by RCU, which keeps the route, too. The field does
        // not change once it is in a table.
        Some(unsafe { Prefix::of(&raw const (*origin).fib6_dst) })
    }
}

impl SkBuff<Outer> {
    /// The route that has led the packet here. It stays for `'rcu` even if the packet loses it.
    #[inline]
    pub fn outer_route<'rcu>(&self, _rcu: ReadSection<'rcu>) -> Option<Route<'rcu>> {
        let dst = (self.refdst() & !bindings::SKB_DST_NOREF) as *mut bindings::rt6_info;
        // SAFETY: By the state of the packet it is one of IPv6. Those without a reference, and those
        // whose last one is given back, are freed a grace period later.
        NonNull::new(dst).map(|dst| unsafe { Route::from_raw(dst) })
    }
}

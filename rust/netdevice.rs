// SPDX-License-Identifier: GPL-2.0

//! Network devices, seen from the packet path.
//!
//! C header: `include/linux/netdevice.h`

use crate::{bindings, once::read_once};
use core::{marker::PhantomData, ptr::NonNull};

/// A network device that stays allocated for `'a`, usually an RCU read-side section.
///
/// # Invariants
///
/// `ptr` points to a `struct net_device` that has been registered and stays allocated for `'a`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NetDevice<'a> {
    ptr: NonNull<bindings::net_device>,
    alive: PhantomData<&'a bindings::net_device>,
}

impl<'a> NetDevice<'a> {
    /// # Safety
    ///
    /// `ptr` must point to a `struct net_device` that has been registered, if only to be
    /// unregistered since, and stays allocated for `'a`.
    #[inline]
    pub(crate) unsafe fn from_raw(ptr: *mut bindings::net_device) -> Self {
        Self {
            // SAFETY: A pointer to a device is not null.
            // INVARIANT: By the safety requirements.
            ptr: unsafe { NonNull::new_unchecked(ptr) },
            alive: PhantomData,
        }
    }

    /// The C pointer.
    #[inline]
    pub(crate) fn as_ptr(self) -> *mut bindings::net_device {
        self.ptr.as_ptr()
    }

    /// The index of the device in its namespace.
    #[inline]
    pub fn ifindex(self) -> i32 {
        // SAFETY: By the type invariant; the index does not change while a device is visible.
        unsafe { (*self.as_ptr()).ifindex }
    }

    /// `dev->priv_flags`, `IFF_*`.
    #[inline]
    pub(crate) fn priv_flags(self) -> u32 {
        // The field is the first of a bit-field, with 32 bits, which `scripts/check-layout.sh` makes
        // sure of. bindgen's accessor goes through them one by one, which took a third of the time
        // of the whole packet path.
        // SAFETY: By the type invariant; the bit-field begins with four octets, aligned as it is.
        // Others write them meanwhile.
        unsafe {
            let flags = &raw const (*self.as_ptr())
                .__bindgen_anon_1
                .__bindgen_anon_1
                ._bitfield_1;
            read_once(flags.cast::<u32>())
        }
    }

    /// Whether it is a loopback device; `IFF_LOOPBACK`.
    pub fn is_loopback(self) -> bool {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        let flags = unsafe { read_once(&raw const (*self.as_ptr()).flags) };
        flags & bindings::IFF_LOOPBACK != 0
    }

    /// The sysctl `seg6_require_hmac` of the device; [`None`] if IPv6 is not set up on it.
    #[inline]
    pub fn seg6_require_hmac(self) -> Option<i32> {
        // SAFETY: By the type invariant. `ip6_ptr` is an RCU pointer; what it points to stays
        // allocated for a grace period, hence for `'a`. Others write both meanwhile.
        unsafe {
            let idev = read_once(&raw const (*self.as_ptr()).ip6_ptr);
            if idev.is_null() {
                return None;
            }
            Some(read_once(&raw const (*idev).cnf.seg6_require_hmac))
        }
    }
}

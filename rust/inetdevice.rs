// SPDX-License-Identifier: GPL-2.0

//! What IPv4 knows of a device: its settings, and whether it has addresses.
//!
//! C header: `include/linux/inetdevice.h`

use crate::{
    bindings,
    netdevice::NetDevice,
    once::read_once,
    rcu::ReadSection, //
};
use core::{
    cmp,
    marker::PhantomData,
    ptr::NonNull, //
};

/// The IPv4 side of a device, `struct in_device`.
///
/// # Invariants
///
/// `ptr` points to a `struct in_device`, and `all` to the settings for all devices of its namespace.
/// Both stay allocated for `'rcu`, and others write them.
#[derive(Clone, Copy)]
pub struct InDevice<'rcu> {
    ptr: NonNull<bindings::in_device>,
    all: *const bindings::ipv4_devconf,
    alive: PhantomData<&'rcu bindings::in_device>,
}

impl<'rcu> NetDevice<'rcu> {
    /// The IPv4 side of the device; [`None`] if IPv4 is not set up on it. `__in_dev_get_rcu()`.
    #[inline]
    pub fn ipv4(self, _rcu: ReadSection<'rcu>) -> Option<InDevice<'rcu>> {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        let ptr = unsafe { read_once(&raw const (*self.as_ptr()).ip_ptr) };
        // INVARIANT: It is an RCU pointer, and `_rcu` the evidence of a read-side section. The
        // settings for all devices go with the namespace, a grace period after its last device.
        Some(InDevice {
            ptr: NonNull::new(ptr)?,
            // SAFETY: The namespace of a device is allocated, and the pointer does not change.
            all: unsafe { (*self.net().as_ptr()).ipv4.devconf_all },
            alive: PhantomData,
        })
    }
}

/// One of the settings, `IPV4_DEVCONF_*`.
type Setting = u32;

impl InDevice<'_> {
    /// `IN_DEV_CONF_GET()`
    #[inline]
    fn own(self, setting: Setting) -> i32 {
        // SAFETY: By the type invariant. Settings count from 1, up to the length of the array.
        unsafe { read_once(&raw const (*self.ptr.as_ptr()).cnf.data[setting as usize - 1]) }
    }

    /// `IPV4_DEVCONF_ALL_RO()`
    #[inline]
    fn all(self, setting: Setting) -> i32 {
        // SAFETY: As above.
        unsafe { read_once(&raw const (*self.all).data[setting as usize - 1]) }
    }

    /// Whether packets that come in by the device are forwarded: `net.ipv4.conf.DEVICE.forwarding`.
    #[inline]
    pub fn forwards(self) -> bool {
        self.own(bindings::IPV4_DEVCONF_FORWARDING) != 0
    }

    /// How strictly sources are checked, 0 to 2: `net.ipv4.conf.{all,DEVICE}.rp_filter`, the larger
    /// one.
    #[inline]
    pub fn rp_filter(self) -> i32 {
        cmp::max(
            self.all(bindings::IPV4_DEVCONF_RP_FILTER),
            self.own(bindings::IPV4_DEVCONF_RP_FILTER),
        )
    }

    /// Whether IPsec policies do not apply to what comes in by the device:
    /// `net.ipv4.conf.{all,DEVICE}.disable_policy`.
    #[inline]
    pub fn disables_policy(self) -> bool {
        (self.all(bindings::IPV4_DEVCONF_NOPOLICY) | self.own(bindings::IPV4_DEVCONF_NOPOLICY)) != 0
    }

    /// Whether the device has an address.
    #[inline]
    pub fn has_address(self) -> bool {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        !unsafe { read_once(&raw const (*self.ptr.as_ptr()).ifa_list) }.is_null()
    }
}

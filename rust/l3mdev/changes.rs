// SPDX-License-Identifier: GPL-2.0

//! Noticing that an L3 master device has come or gone.
//!
//! Who looks for a device and finds none can remember the [`generation`], and need not look again
//! before there is another one.

use crate::{
    bindings,
    netdevice::NetDevice, //
};
use kernel::{
    error::to_result,
    ffi::{
        c_int,
        c_ulong,
        c_void, //
    },
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Release, //
    },
    types::Opaque, //
};

/// How many L3 master devices have come or gone.
static CHANGES: Atomic<i32> = Atomic::new(0);

/// A number from 1 on that changes when an L3 master device comes or goes, in any namespace, as
/// long as a [`ChangeNotifier`] exists.
///
/// Who looks for a device after reading the number sees what came and went before.
pub fn generation() -> i32 {
    (CHANGES.load(Acquire) & (i32::MAX >> 1)).wrapping_add(1)
}

/// Keeps [`generation`] up to date; a `struct notifier_block`.
#[pin_data(PinnedDrop)]
pub struct ChangeNotifier {
    #[pin]
    block: Opaque<bindings::notifier_block>,
}

// SAFETY: The block belongs to the notifier chain, which locks.
unsafe impl Send for ChangeNotifier {}
// SAFETY: As above; there is nothing to access through a reference.
unsafe impl Sync for ChangeNotifier {}

impl ChangeNotifier {
    /// Registers the notifier. Sleeps, takes the RTNL.
    pub fn new() -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            block <- Opaque::try_ffi_init(|block: *mut bindings::notifier_block| {
                // SAFETY: `block` is ours to initialise, is pinned, and stays until it has been
                // unregistered in `drop`.
                unsafe {
                    block.write(bindings::notifier_block {
                        notifier_call: Some(device_event),
                        ..Default::default()
                    });
                    to_result(bindings::register_netdevice_notifier(block))
                }
            }),
        })
    }
}

#[pinned_drop]
impl PinnedDrop for ChangeNotifier {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: It was registered by `new`.
        unsafe { bindings::unregister_netdevice_notifier(self.block.get()) };
    }
}

/// Called by the notifier chain, under the RTNL, after a new device can be found and an old one no
/// more.
///
/// # Safety
///
/// `info` is a `struct netdev_notifier_info` of a valid device.
unsafe extern "C" fn device_event(
    _: *mut bindings::notifier_block,
    event: c_ulong,
    info: *mut c_void,
) -> c_int {
    if event == bindings::NETDEV_REGISTER as c_ulong
        || event == bindings::NETDEV_UNREGISTER as c_ulong
    {
        // SAFETY: By the safety requirements; the device stays while the chain is called.
        let dev =
            unsafe { NetDevice::from_raw((*info.cast::<bindings::netdev_notifier_info>()).dev) };
        if dev.as_l3_master().is_some() {
            CHANGES.fetch_add(1, Release);
        }
    }
    bindings::NOTIFY_DONE as c_int
}

// SPDX-License-Identifier: GPL-2.0

//! A function pointer in the kernel's table of behaviours.

use crate::bindings;
use core::ptr;
use kernel::{
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::atomic::{
        Atomic,
        Full,
        Relaxed, //
    },
};

/// The `input` operation of `struct seg6_action_desc`.
pub(super) type Input =
    unsafe extern "C" fn(*mut bindings::sk_buff, *mut bindings::seg6_local_lwt) -> c_int;

/// The `build_state` operation of `struct seg6_local_lwtunnel_ops`.
pub(super) type BuildState = unsafe extern "C" fn(
    *mut bindings::seg6_local_lwt,
    *const c_void,
    *mut bindings::netlink_ext_ack,
) -> c_int;

/// A pointer in the table, and the built-in function that it holds while nobody has replaced it.
///
/// # Invariants
///
/// `place` is null or that pointer. If it is not null `builtin` is that function.
pub(super) struct Slot {
    place: Atomic<*mut *mut c_void>,
    builtin: Atomic<*mut c_void>,
}

impl Slot {
    /// A slot that is not filled yet.
    pub(super) const fn new() -> Self {
        Self {
            place: Atomic::new(ptr::null_mut()),
            builtin: Atomic::new(ptr::null_mut()),
        }
    }

    /// Remembers the pointer and its function.
    ///
    /// # Safety
    ///
    /// `place` is such a pointer, and `builtin` the function that it holds.
    pub(super) unsafe fn fill(&self, place: *mut *mut c_void, builtin: *mut c_void) {
        // INVARIANT: By the safety requirements.
        self.builtin.store(builtin, Relaxed);
        self.place.store(place, Relaxed);
    }

    /// The built-in function; null before the slot is filled.
    pub(super) fn builtin(&self) -> *mut c_void {
        self.builtin.load(Relaxed)
    }

    /// Replaces one function by another, or fails with the one that is there instead.
    ///
    /// # Safety
    ///
    /// The slot is filled. `to` has the signature of the built-in function and does what its callers
    /// rely on, until it has been replaced and nobody is in it any more.
    pub(super) unsafe fn replace(
        &self,
        from: *mut c_void,
        to: *mut c_void,
    ) -> Result<(), *mut c_void> {
        // SAFETY: By the type invariant; the table is static. The C side only reads the pointer.
        let place = unsafe { Atomic::from_ptr(self.place.load(Relaxed)) };
        place.cmpxchg(from, to, Full).map(|_| ())
    }
}

/// The pointers of one entry.
pub(super) struct Slots {
    pub(super) input: Slot,
    pub(super) build_state: Slot,
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            input: Slot::new(),
            build_state: Slot::new(),
        }
    }
}

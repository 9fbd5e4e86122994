// SPDX-License-Identifier: GPL-2.0

//! Leading packets away from a built-in input function that goes on serving others.
//!
//! A livepatch replaces a function for all its callers, and could not call what it has replaced. A
//! behaviour some of whose routes stay with the built-in code needs a choice for each call.

use super::{
    descriptor,
    takeover::Served,
    Tunnel, //
};
use crate::ftrace::{
    Arguments,
    Watcher, //
};
use core::marker::PhantomData;
use kernel::ffi::c_void;

/// Leads packets of routes of `B` from the built-in input function to ours.
pub(super) struct Redirect<B>(PhantomData<B>);

impl<B: Served> Watcher for Redirect<B> {
    /// # Safety
    ///
    /// The arguments are those of a call of the built-in input function.
    unsafe fn entered(arguments: &mut Arguments<'_>) {
        // SAFETY: By the safety requirements these are a packet that was routed into a tunnel, and that
        // tunnel, in an RCU read-side section. Ours has the signature of the built-in function, does
        // the same for its callers, and stays until nobody is in such a section any more.
        unsafe {
            let tunnel = Tunnel::from_raw(arguments.get(1) as *mut _);
            if B::BUILTIN.covers(tunnel) && B::takeover().is_serving() {
                arguments.redirect(descriptor::builtin_input::<B> as *const c_void);
            }
        }
    }
}

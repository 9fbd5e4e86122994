// SPDX-License-Identifier: GPL-2.0

//! Watching the built-in behaviour: it goes on serving, and each packet that it gets is shown to a
//! [`Behaviour`](super::Behaviour) before.

use super::{
    takeover::Served,
    Tunnel, //
};
use crate::{
    ftrace::{
        Arguments,
        Watcher, //
    },
    rcu::ReadSection,
    skbuff::Observed,
};
use core::marker::PhantomData;

/// Shows `B` what the built-in behaviour gets.
pub(super) struct Audit<B>(PhantomData<B>);

impl<B: Served> Watcher for Audit<B> {
    /// # Safety
    ///
    /// The arguments are those of a call of the built-in input function.
    unsafe fn entered(arguments: &mut Arguments<'_>) {
        // SAFETY: By the safety requirements these are a packet that was routed into a tunnel, and that
        // tunnel. The function is called in an RCU read-side section, and does not begin before this has
        // returned.
        unsafe {
            let tunnel = Tunnel::from_raw(arguments.get(1) as *mut _);
            // End.DT46 calls the functions of the other two.
            if B::BUILTIN.covers(tunnel) {
                B::observe(
                    &Observed::from_raw(arguments.get(0) as *mut _),
                    tunnel,
                    ReadSection::assume(),
                );
            }
        }
    }
}

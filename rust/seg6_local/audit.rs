// SPDX-License-Identifier: GPL-2.0

//! Watching the built-in behaviour: it goes on serving, and each packet that it gets is shown to a
//! [`Behaviour`](super::Behaviour) before.

use super::{
    Module,
    Tunnel, //
};
use crate::{
    ftrace::{
        Arguments,
        Watch,
        Watcher, //
    },
    rcu::ReadSection,
    skbuff::Observed,
};
use core::marker::PhantomData;
use kernel::prelude::*;

/// The only one: a module has one behaviour.
static WATCH: Watch = Watch::new();

/// The built-in behaviour is being watched; dropping it ends that.
///
/// # Invariants
///
/// `WATCH` is registered.
pub(super) struct Audit<B: Module>(PhantomData<fn() -> B>);

impl<B: Module> Audit<B> {
    /// Begins. Sleeps.
    ///
    /// # Safety
    ///
    /// Called once, from the initialisation of the module.
    pub(super) unsafe fn begin() -> Result<Self> {
        let function = B::BUILTIN.input;
        // SAFETY: By the safety requirements.
        unsafe { WATCH.begin::<Self>(function) }
            .inspect_err(|err| pr_err!("cannot watch {function}(): {err:?}\n"))?;
        pr_info!("audit: watches {function}(), and replaces nothing\n");
        // INVARIANT: Just done.
        Ok(Self(PhantomData))
    }
}

impl<B: Module> Drop for Audit<B> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { WATCH.end() };
        pr_info!("audit: ended\n");
    }
}

impl<B: Module> Watcher for Audit<B> {
    /// # Safety
    ///
    /// The arguments are those of a call of the built-in input function.
    unsafe fn entered(arguments: &Arguments<'_>) {
        // SAFETY: By the safety requirements these are a packet that was routed into a tunnel, and that
        // tunnel. The function is called in an RCU read-side section, and does not begin before this has
        // returned.
        unsafe {
            B::observe(
                &Observed::from_raw(arguments.get(0) as *mut _),
                Tunnel::from_raw(arguments.get(1) as *mut _),
                ReadSection::assume(),
            );
        }
    }
}

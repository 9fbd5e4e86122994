// SPDX-License-Identifier: GPL-2.0

//! Evidence of an RCU read-side section that somebody else opened.
//!
//! `kernel::sync::rcu::Guard` opens and closes a section. On the packet path the section is
//! already open around the whole behaviour: `lwtunnel_input()` holds it, or for a packet that
//! netfilter had queued (`nf_hooks_lwtunnel`) whoever brings back its verdict.

use core::marker::PhantomData;
use kernel::{
    sync::rcu::Guard,
    types::NotThreadSafe, //
};

/// Evidence that the current task or softirq is inside an RCU read-side section for `'rcu`.
///
/// # Invariants
///
/// An RCU read-side section of the current context lasts at least for `'rcu`.
#[derive(Clone, Copy)]
pub struct ReadSection<'rcu>(PhantomData<(&'rcu (), NotThreadSafe)>);

impl<'rcu> From<&'rcu Guard> for ReadSection<'rcu> {
    /// A section that its guard keeps open.
    fn from(_guard: &'rcu Guard) -> Self {
        // INVARIANT: The section is open as long as the guard exists, which stays on its thread.
        Self(PhantomData)
    }
}

impl<'rcu> ReadSection<'rcu> {
    /// Takes the word of the caller for it that a section is open.
    ///
    /// # Safety
    ///
    /// The current context must be inside an RCU read-side section that lasts at least for
    /// `'rcu`.
    #[inline]
    pub(crate) unsafe fn assume() -> Self {
        // INVARIANT: By the safety requirements.
        Self(PhantomData)
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Packets that somebody else processes: they can be looked at, not changed.

use super::{
    state::Outer,
    SkBuff, //
};
use crate::{
    bindings,
    seg6_hmac, //
};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ops::Deref, //
};
use kernel::{
    error::to_result,
    prelude::*, //
};

/// A packet on its way to the built-in behaviour, for as long as that waits.
///
/// What can be done with a shared reference to an [`SkBuff`] changes nothing, and there is no other. The
/// one field that the kernel wants to have set for a moment is put back.
pub struct Observed<'a> {
    skb: ManuallyDrop<SkBuff<Outer>>,
    lent: PhantomData<&'a SkBuff<Outer>>,
}

impl Observed<'_> {
    /// # Safety
    ///
    /// `skb` has the invariants of an [`SkBuff`] in state [`Outer`], but for the reference, which stays
    /// with somebody who does nothing with it for `'a`.
    pub(crate) unsafe fn from_raw(skb: *mut bindings::sk_buff) -> Self {
        Self {
            // SAFETY: By the safety requirements. What is not dropped gives no reference up.
            skb: ManuallyDrop::new(unsafe { SkBuff::from_raw(skb) }),
            lent: PhantomData,
        }
    }

    /// Copies the beginning of the packet, whether it is linear or not; `skb_copy_bits()`.
    ///
    /// Fails with `EFAULT` if the packet is shorter.
    pub fn copy(&self, to: &mut [u8]) -> Result {
        // SAFETY: The buffer is valid, and there is room for as many octets.
        to_result(unsafe {
            bindings::skb_copy_bits(self.as_ptr(), 0, to.as_mut_ptr().cast(), to.len() as i32)
        })
    }

    /// As [`SkBuff::has_valid_hmac`]; [`None`] if the header is not all linear.
    pub fn has_valid_hmac(&self, srh_offset: usize) -> Option<bool> {
        if !seg6_hmac::is_whole(self.linear(), srh_offset) {
            return None;
        }
        // SAFETY: The fields of the buffer may be written: references to them do not outlive the methods
        // that make them, and its owner waits. What is not dropped gives no reference up.
        let mut skb = ManuallyDrop::new(unsafe { SkBuff::<Outer>::from_raw(self.as_ptr()) });
        let before = skb.headers().transport_header;
        let valid = skb.has_valid_hmac(srh_offset);
        skb.headers_mut().transport_header = before;
        Some(valid)
    }
}

impl Deref for Observed<'_> {
    type Target = SkBuff<Outer>;

    fn deref(&self) -> &SkBuff<Outer> {
        &self.skb
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Network buffers, owned, with what has been proved about them in their type.
//!
//! A behaviour receives an [`SkBuff`] in state [`Outer`](state::Outer) and has to do something with it: every step takes
//! the buffer by value and gives it back in the next [`state`], or consumes it and gives back a
//! [`Dropped`] or [`Delivered`]. Those two cannot be made in any other way, so a behaviour that
//! compiles has disposed of its buffer exactly once. A buffer that goes out of scope is freed.
//!
//! Views of the data borrow the buffer. Operations that may move the data take `&mut self` or
//! `self`, so a view cannot survive them.
//!
//! C header: `include/linux/skbuff.h`

mod decap;
mod drop_reason;
mod ecn;
mod fields;
mod inner_header;
mod observed;
mod options;
mod reassembly;
pub mod state;

pub use drop_reason::DropReason;
pub use observed::Observed;
pub use reassembly::Reassembly;

use crate::{bindings, netdevice::NetDevice, rcu::ReadSection};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::{self, NonNull},
    slice, //
};
use kernel::{
    ffi::c_int,
    prelude::*, //
};

/// An owned `struct sk_buff` in state `S`.
///
/// # Invariants
///
/// - `ptr` points to a valid `struct sk_buff` and this value owns the one reference that the
///   packet path holds (`users` is 1; the data may still be shared with clones).
/// - The buffer is on the receive path; `skb->dev` is a device that has been registered, and stays
///   allocated for the RCU read-side section.
/// - What [`state`] says of `S` holds.
pub struct SkBuff<S> {
    ptr: NonNull<bindings::sk_buff>,
    state: PhantomData<S>,
}

/// Proof that a buffer was freed without reaching its destination.
#[derive(Debug)]
pub struct Dropped(DropReason);

impl Dropped {
    /// For somebody else who has freed a packet for this reason.
    #[inline]
    pub(crate) fn elsewhere(reason: DropReason) -> Self {
        Self(reason)
    }

    /// Why it was freed.
    #[inline]
    pub fn reason(&self) -> DropReason {
        self.0
    }
}

/// Proof that a buffer was handed on, to its route or to a hook that took it, and that nobody has
/// reported an error.
#[derive(Debug)]
pub struct Delivered(());

impl Delivered {
    /// For the modules of this crate that hand buffers on.
    #[inline]
    pub(crate) fn new() -> Self {
        Self(())
    }

    /// For those who were returned `rc` by the next layer.
    #[inline]
    pub(crate) fn by_next_layer(rc: c_int) -> Result<Self, Dropped> {
        match rc {
            0 => Ok(Self(())),
            rc => error_of_next_layer(rc),
        }
    }
}

#[cold]
fn error_of_next_layer(rc: c_int) -> Result<Delivered, Dropped> {
    // The queue took the packet, and dropped another one for it; `net_xmit_errno()`.
    const CONGESTION: c_int = bindings::NET_XMIT_CN as c_int;
    match rc {
        CONGESTION => Ok(Delivered(())),
        _ => Err(Dropped(DropReason::NOT_SPECIFIED)),
    }
}

impl<S> SkBuff<S> {
    /// Takes over a buffer from the C side.
    ///
    /// # Safety
    ///
    /// The caller passes on its reference to `ptr`, which must fulfil the invariants of
    /// [`SkBuff`] and of the state `S`.
    #[inline]
    pub(crate) unsafe fn from_raw(ptr: *mut bindings::sk_buff) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            // SAFETY: A valid buffer is not at address null.
            ptr: unsafe { NonNull::new_unchecked(ptr) },
            state: PhantomData,
        }
    }

    /// The C pointer; ownership stays here.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut bindings::sk_buff {
        self.ptr.as_ptr()
    }

    /// Gives the buffer up to the C side.
    #[inline]
    pub(crate) fn into_raw(self) -> *mut bindings::sk_buff {
        ManuallyDrop::new(self).as_ptr()
    }

    /// The same buffer in another state.
    ///
    /// # Safety
    ///
    /// What [`state`] says of `T` holds for it.
    #[inline]
    pub(crate) unsafe fn into_state<T>(self) -> SkBuff<T> {
        // INVARIANT: By the safety requirements; the buffer is the same.
        SkBuff {
            ptr: ManuallyDrop::new(self).ptr,
            state: PhantomData,
        }
    }

    /// Length of the packet in octets, all fragments included.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "nobody needs to ask")]
    pub fn len(&self) -> usize {
        self.raw().len as usize
    }

    /// The linear part of the data, from `skb->data` on.
    #[inline]
    pub fn linear(&self) -> &[u8] {
        let skb = self.raw();
        let len = skb.len.wrapping_sub(skb.data_len) as usize;
        // SAFETY: By the type invariant the buffer is valid, so `skb_headlen()` octets from
        // `data` on are initialised memory of the buffer. They do not move or change while
        // `self` is borrowed: all that does that takes `&mut self` or `self`.
        unsafe { slice::from_raw_parts(skb.data, len) }
    }

    /// Makes at least the first `len` octets linear; `pskb_may_pull()`.
    ///
    /// Fails with `EINVAL` if the packet is shorter, with `ENOMEM` if there is no memory.
    #[inline]
    pub fn pull(&mut self, len: usize) -> Result {
        let headlen = self.linear().len();
        if len <= headlen {
            return Ok(());
        }
        if len > self.len() {
            return Err(EINVAL);
        }
        // SAFETY: By the type invariant; `len` is more than the linear part and not more than
        // the whole, so the difference is what lies in fragments.
        let tail = unsafe { bindings::__pskb_pull_tail(self.as_ptr(), (len - headlen) as c_int) };
        if tail.is_null() {
            return Err(ENOMEM);
        }
        Ok(())
    }

    /// The device that the packet was received on.
    #[inline]
    pub fn dev<'rcu>(&self, _rcu: ReadSection<'rcu>) -> NetDevice<'rcu> {
        // SAFETY: By the type invariant.
        unsafe { NetDevice::from_raw(self.raw_dev()) }
    }

    /// Frees the buffer and says why; `kfree_skb_reason()`.
    #[inline]
    pub fn drop_because(self, reason: DropReason) -> Dropped {
        // SAFETY: By the type invariant we own the reference that is given up here.
        unsafe {
            bindings::sk_skb_reason_drop(ptr::null_mut(), self.into_raw(), reason.as_raw());
        }
        Dropped(reason)
    }
}

impl<S> Drop for SkBuff<S> {
    fn drop(&mut self) {
        // SAFETY: By the type invariant we own the reference that is given up here.
        unsafe {
            bindings::sk_skb_reason_drop(
                ptr::null_mut(),
                self.as_ptr(),
                DropReason::NOT_SPECIFIED.as_raw(),
            );
        }
    }
}

// SPDX-License-Identifier: GPL-2.0

//! The C side of a [`Behaviour`](super::Behaviour): its descriptor and the functions that C calls.

use super::{
    builtin::tables_named,
    Served,
    Tunnel,
    TunnelBuilder, //
};
use crate::{
    bindings,
    netlink::ExtAck,
    rcu::ReadSection,
    skbuff::SkBuff, //
};
use kernel::{
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::atomic::{
        Atomic,
        Full, //
    },
};

/// `struct seg6_action_desc` of `B`.
///
/// Every route points to the descriptor of its behaviour, and every packet follows
/// `route->desc->input`. Routes outlive the module and keep pointing here, so it is memory of its
/// own. It has no other operations: routes are destroyed without RCU, by a pointer that C reads more
/// than once, so a module could never know when it may take one back.
pub(super) struct Descriptor(bindings::seg6_action_desc);

impl Descriptor {
    /// A descriptor for `B`, with the same attributes as the built-in one.
    pub(super) fn new<B: Served>() -> Self {
        Self(bindings::seg6_action_desc {
            action: B::BUILTIN.action.0,
            attrs: B::BUILTIN.attributes,
            optattrs: B::BUILTIN.optional_attributes,
            input: Some(input::<B>),
            ..Default::default()
        })
    }

    /// Leads the packets of all routes that point here to `input`, a C function with the
    /// signature of the `input` operation. What is read afterwards is not read before.
    ///
    /// # Safety
    ///
    /// `this` must point to a descriptor, and `input` to such a function, which stays in memory
    /// until it has been replaced and an RCU grace period has passed.
    pub(super) unsafe fn set_input(this: *mut Self, input: *mut c_void) {
        // SAFETY: By the safety requirements. The C side reads the pointer while we write it, so
        // the write is atomic.
        unsafe { Atomic::from_ptr((&raw mut (*this).0.input).cast::<*mut c_void>()) }
            .xchg(input, Full);
    }
}

/// The `input` operation: what `seg6_local_input_core()` calls.
///
/// # Safety
///
/// `skb` is a packet on the receive path that was routed into `tunnel`, with bottom halves disabled
/// and inside an RCU read-side section; the caller gives up its reference.
pub(super) unsafe extern "C" fn input<B: Served>(
    skb: *mut bindings::sk_buff,
    tunnel: *mut bindings::seg6_local_lwt,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (skb, tunnel, rcu) = unsafe {
        (
            SkBuff::from_raw(skb),
            Tunnel::from_raw(tunnel),
            ReadSection::assume(),
        )
    };
    match B::input(skb, tunnel, rcu) {
        Ok(_) => 0,
        // Not what the next layer has returned: `lwtunnel_input()` would take `EOPNOTSUPP` for "not my
        // packet", and free it again.
        Err(_) => dropped(),
    }
}

/// What the C side gets to see of a packet that was dropped. A function, so that the others do not pay for
/// choosing between the two.
#[cold]
#[inline(never)]
fn dropped() -> c_int {
    EINVAL.to_errno()
}

/// Replaces the built-in input function: reached by packets of routes that do not point to our
/// descriptor yet, which are taken over here. See [`Takeover`](super::Takeover).
///
/// # Safety
///
/// As for [`input`].
pub(super) unsafe extern "C" fn builtin_input<B: Served>(
    skb: *mut bindings::sk_buff,
    tunnel: *mut bindings::seg6_local_lwt,
) -> c_int {
    // SAFETY: By the safety requirements.
    unsafe {
        B::takeover().adopt(Tunnel::from_raw(tunnel));
        input::<B>(skb, tunnel)
    }
}

/// Replaces the built-in function that builds the state of a new route.
///
/// # Safety
///
/// The arguments are those of a `build_state()` operation of the seg6local tunnel.
pub(super) unsafe extern "C" fn build_state<B: Served>(
    tunnel: *mut bindings::seg6_local_lwt,
    config: *const c_void,
    extack: *mut bindings::netlink_ext_ack,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (mut builder, mut extack, attributes) = unsafe {
        (
            TunnelBuilder::from_raw(tunnel, config.cast(), B::BUILTIN.family),
            ExtAck::from_raw(extack),
            (*tunnel).parsed_optattrs,
        )
    };
    if B::BUILTIN.has_tables {
        match tables_named(attributes) {
            (false, true) => {}
            (true, false) => {
                builder.leave_to_table();
                return 0;
            }
            _ => {
                extack.set_message(c"table or vrftable must be specified");
                return EINVAL.to_errno();
            }
        }
    }
    if let Err(err) = B::build_state(&mut builder, &mut extack) {
        return err.to_errno();
    }
    // SAFETY: By the safety requirements nobody else sees the state yet.
    unsafe { B::takeover().claim(tunnel) };
    0
}

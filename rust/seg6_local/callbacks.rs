// SPDX-License-Identifier: GPL-2.0

//! The functions of a [`Behaviour`] that C calls.

use super::{
    behaviour::Behaviour,
    builtin::Builtin,
    slot::{
        BuildState,
        Input,
        Slot, //
    },
    tunnel::{
        Tunnel,
        TunnelBuilder, //
    },
};
use crate::{
    bindings,
    netlink::ExtAck,
    rcu::ReadSection,
    skbuff::{
        Observed,
        SkBuff, //
    },
};
use core::{
    iter,
    mem, //
};
use kernel::{
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Relaxed,
        Release, //
    },
    time::{
        delay::fsleep,
        Delta, //
    },
};

/// A behaviour for C: which built-in one it replaces, and its functions.
pub struct Callbacks {
    pub(super) builtin: Builtin,
    input: Input,
    observe: Input,
    build_state: BuildState,
}

impl Callbacks {
    /// Those of `B`.
    pub const fn of<B: Behaviour>() -> Self {
        Self {
            builtin: B::BUILTIN,
            input: input::<B>,
            observe: observe::<B>,
            build_state: build_state::<B>,
        }
    }

    /// What goes into which slot, to serve or to observe only.
    pub(super) fn functions(
        &self,
        only_observe: bool,
    ) -> impl Iterator<Item = (&'static Slot, *mut c_void)> {
        let slots = self.builtin.slots();
        let input = if only_observe {
            self.observe
        } else {
            self.input
        };
        let build_state =
            (!only_observe).then_some((&slots.build_state, self.build_state as *mut c_void));
        Iterator::chain(
            iter::once((&slots.input, input as *mut c_void)),
            build_state,
        )
    }
}

/// Serves a packet: what `seg6_local_input_core()` calls.
///
/// # Safety
///
/// `skb` is a packet on the receive path that was routed into `tunnel`, with bottom halves disabled
/// and inside an RCU read-side section; the caller gives up its reference.
unsafe extern "C" fn input<B: Behaviour>(
    skb: *mut bindings::sk_buff,
    tunnel: *mut bindings::seg6_local_lwt,
) -> c_int {
    // SAFETY: By the safety requirements.
    let (route, rcu) = unsafe { (Tunnel::from_raw(tunnel), ReadSection::assume()) };
    if !route.is_served_as(&B::BUILTIN) {
        // SAFETY: By the safety requirements.
        return unsafe { builtin_input::<B>(skb, tunnel) };
    }
    // SAFETY: By the safety requirements.
    match B::input(unsafe { SkBuff::from_raw(skb) }, route, rcu) {
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

/// Shows a packet to the behaviour, and has the built-in function serve it.
///
/// # Safety
///
/// As for [`input`].
unsafe extern "C" fn observe<B: Behaviour>(
    skb: *mut bindings::sk_buff,
    tunnel: *mut bindings::seg6_local_lwt,
) -> c_int {
    // SAFETY: By the safety requirements. The built-in function does not begin before the behaviour
    // has looked.
    unsafe {
        let route = Tunnel::from_raw(tunnel);
        if route.is_served_as(&B::BUILTIN) {
            B::observe(&Observed::from_raw(skb), route, ReadSection::assume());
        }
        builtin_input::<B>(skb, tunnel)
    }
}

/// Has the built-in function serve a packet.
///
/// # Safety
///
/// As for [`input`].
unsafe fn builtin_input<B: Behaviour>(
    skb: *mut bindings::sk_buff,
    tunnel: *mut bindings::seg6_local_lwt,
) -> c_int {
    // SAFETY: The only callers have been called in place of it, so the slot is filled; its
    // requirements are theirs.
    unsafe { mem::transmute::<*mut c_void, Input>(B::BUILTIN.slots().input.builtin())(skb, tunnel) }
}

/// How many tasks are in [`build_state`], of any behaviour.
static BUILDING: Atomic<i32> = Atomic::new(0);

/// Finishes the state of a new route.
///
/// It must not sleep where it does not count in [`BUILDING`], see [`wait_for_build_state`].
///
/// # Safety
///
/// The arguments are those of a `build_state()` operation of the seg6local tunnel.
unsafe extern "C" fn build_state<B: Behaviour>(
    tunnel: *mut bindings::seg6_local_lwt,
    config: *const c_void,
    extack: *mut bindings::netlink_ext_ack,
) -> c_int {
    BUILDING.fetch_add(1, Relaxed);
    // SAFETY: By the safety requirements.
    let err = unsafe { build_state_counted::<B>(tunnel, config, extack) };
    BUILDING.fetch_sub(1, Release);
    err
}

/// # Safety
///
/// As for [`build_state`].
unsafe fn build_state_counted<B: Behaviour>(
    tunnel: *mut bindings::seg6_local_lwt,
    config: *const c_void,
    extack: *mut bindings::netlink_ext_ack,
) -> c_int {
    // SAFETY: By the safety requirements. This was called in place of the built-in function, so its slot is
    // filled.
    unsafe {
        if B::BUILTIN.may_name_table((*tunnel).parsed_optattrs) {
            let builtin = B::BUILTIN.slots().build_state.builtin();
            return mem::transmute::<*mut c_void, BuildState>(builtin)(tunnel, config, extack);
        }
        let mut builder = TunnelBuilder::from_raw(tunnel, config.cast(), B::BUILTIN.family);
        match B::build_state(&mut builder, &mut ExtAck::from_raw(extack)) {
            Ok(()) => 0,
            Err(err) => err.to_errno(),
        }
    }
}

/// Waits until no task is in [`build_state`], or on its way there, once nothing leads there any
/// more. Sleeps.
///
/// The function runs in a task that may sleep, without the RTNL and outside of RCU. A task that has
/// read the pointer to it is in one of three places:
///
/// 1. Before it counts. It does not sleep there, so the end of a Tasks RCU grace period finds it in
///    the second or third place, or gone.
/// 2. Where it counts. There it may sleep, which Tasks RCU takes for a quiescent state. On
///    PREEMPT_RT a task sleeps even where it waits for a spin lock.
/// 3. Behind that, before it has returned: the same as 1.
pub(super) fn wait_for_build_state() {
    // SAFETY: We are in a task that may sleep, and holds no lock.
    unsafe { bindings::synchronize_rcu_tasks() };
    while BUILDING.load(Acquire) != 0 {
        fsleep(Delta::from_millis(1));
    }
    // SAFETY: As above.
    unsafe { bindings::synchronize_rcu_tasks() };
}

// SPDX-License-Identifier: GPL-2.0

//! The netfilter hook: attaches to a packet the route that is remembered for its destination.
//!
//! It is the last one at PRE_ROUTING, so the packet is as it will be routed. It leaves alone what the
//! kernel would treat in another way than by its destination: packets that have a route or a socket
//! already, or something attached to them (IPsec's path; a bridge whose packets only pass by), and
//! those of devices with an L3 master, which are routed by its rules. Nor does it look at anything but
//! an encapsulated IP packet or a routing header: UDP and TCP may have a socket that takes them
//! before they are routed.

use super::{
    memory::Found,
    Finder,
    InVain, //
};
use crate::{
    bindings,
    fib6::{
        destination,
        Route, //
    },
    rcu::ReadSection,
    skbuff::{
        state::Incoming,
        SkBuff, //
    },
};
use core::ptr;
use kernel::ffi::{
    c_uint,
    c_void, //
};

/// What netfilter is told.
pub(super) struct Ops(bindings::nf_hook_ops);

// SAFETY: Nobody writes it.
unsafe impl Sync for Ops {}

impl Ops {
    pub(super) const fn new<F: Finder>() -> Self {
        // SAFETY: Integers and pointers that may be null.
        let mut ops: bindings::nf_hook_ops = unsafe { core::mem::zeroed() };
        ops.hook = Some(hook::<F>);
        ops.pf = bindings::NFPROTO_IPV6 as u8;
        ops.hooknum = bindings::NF_INET_PRE_ROUTING;
        ops.priority = bindings::NF_IP6_PRI_LAST;
        Self(ops)
    }

    pub(super) fn as_ptr(&self) -> *const bindings::nf_hook_ops {
        &self.0
    }
}

/// A `nf_hookfn`.
///
/// # Safety
///
/// Called by netfilter, inside an RCU read-side section, at PRE_ROUTING of IPv6. `skb` is ours for
/// that time.
unsafe extern "C" fn hook<F: Finder>(
    _: *mut c_void,
    skb: *mut bindings::sk_buff,
    _: *const bindings::nf_hook_state,
) -> c_uint {
    // SAFETY: By the safety requirements; `ip6_rcv_core()` has made sure of what `Incoming` says, and
    // that nobody else has the buffer.
    let (packet, rcu) = unsafe { (SkBuff::<Incoming>::from_raw(skb), ReadSection::assume()) };
    if is_wanted(packet.next_header()) {
        attach::<F>(packet, rcu)
    } else {
        accept(packet)
    }
}

/// Lets the packet go on; it is the kernel's again.
#[inline(always)]
fn accept(packet: SkBuff<Incoming>) -> c_uint {
    let _ = packet.into_raw();
    bindings::NF_ACCEPT
}

/// `IPPROTO_IPIP`, `IPPROTO_IPV6`, `IPPROTO_ROUTING`, a bit each.
const WANTED: u64 = 1 << 4 | 1 << 41 | 1 << 43;

#[inline(always)]
fn is_wanted(next_header: u8) -> bool {
    next_header < 64 && WANTED >> next_header & 1 != 0
}

/// Not inlined, so that the packets of others do not pay for its registers.
#[inline(never)]
fn attach<F: Finder>(mut packet: SkBuff<Incoming>, rcu: ReadSection<'_>) -> c_uint {
    const L3MDEV: u32 = bindings::IFF_L3MDEV_SLAVE | bindings::IFF_L3MDEV_MASTER;

    if !F::is_on() {
        return switched_off::<F>(packet);
    }
    let Some(destination) = destination(packet.linear()) else {
        return accept(packet);
    };
    let dev = packet.dev(rcu);
    if !packet.is_bare() || dev.priv_flags() & L3MDEV != 0 {
        return accept(packet);
    }
    let net = dev.net();
    let Some(place) = F::routes().memory.place(net, destination) else {
        return accept(packet);
    };
    let Some(route) = place.get(net.ipv6_generation(), rcu) else {
        return find::<F>(packet, rcu);
    };
    if cfg!(debug_assertions) {
        compare(&mut packet, route, place, rcu);
    }
    F::remembered();
    packet.set_dst_noref(route.as_ptr().as_ptr().cast());
    accept(packet)
}

/// There is no use for the hook.
#[cold]
fn switched_off<F: Finder>(packet: SkBuff<Incoming>) -> c_uint {
    F::routes().tend_now();
    accept(packet)
}

/// Finds the route of a packet, and remembers it if nothing has changed meanwhile.
///
/// The kernel changes its tables first and counts then. So what is found, as the generation was
/// before, is out of date at most in the sense that the generation is, too.
///
/// Looks for the place anew, so that nobody else pays for handing it over.
#[cold]
fn find<F: Finder>(mut packet: SkBuff<Incoming>, rcu: ReadSection<'_>) -> c_uint {
    let net = packet.dev(rcu).net();
    let Some(place) = destination(packet.linear())
        .and_then(|destination| F::routes().memory.place(net, destination))
    else {
        return accept(packet);
    };
    let generation = net.ipv6_generation();
    if place.is_vain(generation) {
        return accept(packet);
    }
    match F::find(&packet, rcu) {
        Ok(route) if net.ipv6_generation() == generation => {
            place.put(route, generation, rcu);
            packet.set_dst_noref(route.as_ptr().as_ptr().cast());
        }
        Ok(_) => {}
        Err(why) => {
            place.set_vain(generation);
            if let InVain::Namespace = why {
                F::routes().is_vain_in(net, generation, rcu);
            }
        }
    }
    accept(packet)
}

/// Compares what was remembered with the kernel's answer. They may differ while something changes,
/// but then the memory is no longer valid either.
fn compare(
    packet: &mut SkBuff<Incoming>,
    route: Route<'_>,
    place: Found<'_>,
    rcu: ReadSection<'_>,
) {
    let net = packet.dev(rcu).net();
    let mut differs = true;
    for _ in 0..3 {
        differs = differs
            && !ptr::eq(packet.ask_origin(rcu), route.origin())
            && place.get(net.ipv6_generation(), rcu).is_some();
    }
    kernel::warn_on!(differs);
}

impl SkBuff<Incoming> {
    /// Whether nothing is attached to the packet that its routing could depend on: no route, no
    /// socket, no extension.
    #[inline]
    fn is_bare(&self) -> bool {
        self.refdst() == 0 && !self.has_socket() && !self.has_extensions()
    }

    /// What in its table the route comes from that the kernel finds for the packet, which is left
    /// without; `ip6_route_input()`. For debugging.
    fn ask_origin(&mut self, _rcu: ReadSection<'_>) -> *const bindings::fib6_info {
        // SAFETY: The buffer is ours and holds an IPv6 header; `_rcu` is evidence of the read-side
        // section, for which its route stays allocated.
        let origin = unsafe {
            bindings::ip6_route_input(self.as_ptr());
            let dst = (self.refdst() & !bindings::SKB_DST_NOREF) as *mut bindings::rt6_info;
            ptr::NonNull::new(dst).map_or(ptr::null(), |dst| Route::from_raw(dst).origin())
        };
        self.drop_dst();
        origin
    }
}

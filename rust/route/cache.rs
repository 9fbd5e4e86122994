// SPDX-License-Identifier: GPL-2.0

//! A cache of inner routes, to measure what one would save. Built with `FAST_PATH=1` only;
//! docs/fast-path.md has the argument, and what is missing.
//!
//! Who owns what:
//!
//! 1. Each CPU has slots of its own. Only the packet path on that CPU uses them, with bottom halves
//!    disabled, so nobody else is in them; on PREEMPT_RT that is not so, and it does not build.
//! 2. A slot owns a reference to its route, as a socket does. A route that is referenced does not
//!    keep its device: when the device goes, the kernel puts another in its place and marks the
//!    route.
//! 3. A packet borrows the route under RCU, as from the kernel. A reference given back meanwhile
//!    frees the route only after a grace period.
//! 4. [`RouteCache`] is dropped when nobody is on the packet path any more.

#[cfg(CONFIG_PREEMPT_RT)]
compile_error!("FAST_PATH is not for PREEMPT_RT: bottom halves may preempt each other there");

use crate::{
    bindings,
    skbuff::{
        state::Received,
        SkBuff, //
    }, //
};
use core::{
    mem,
    ptr, //
};
use kernel::{
    cpu::{
        nr_cpu_ids,
        CpuId, //
    },
    ffi::c_ulong,
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Relaxed,
        Release, //
    },
};

/// Slots of each CPU.
const SLOTS: usize = 64;

/// Ticks that an entry lives: a tenth of a second. What no generation tells of lasts that long.
const LIFETIME: c_ulong = (kernel::bindings::CONFIG_HZ / 10) as c_ulong;

/// The slots of all CPUs, or null.
static TABLE: Atomic<*mut Slot> = Atomic::new(ptr::null_mut());
static SEED: Atomic<u64> = Atomic::new(0);

/// All that the decision about a packet depends on, but for the routing tables and rules
/// themselves; of these it has the generation.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    saddr: u32,
    daddr: u32,
    mark: u32,
    /// `rt_genid`: routes, rules, addresses, devices, most sysctls.
    generation: i32,
    /// The VRF; it says which namespace, too.
    dev: *mut bindings::net_device,
    /// Sysctls that do not change the generation.
    settings: u32,
}

/// # Invariants
///
/// `dst` is null, or points to the `dst` of a `struct rtable` that the slot has a reference to.
#[repr(C, align(64))]
struct Slot {
    key: Key,
    /// Of the last packet that was not found here, and could have been.
    tag: u32,
    filled: c_ulong,
    dst: *mut bindings::dst_entry,
}

/// Keeps the cache; without one there is none.
pub struct RouteCache(usize);

impl RouteCache {
    /// An empty cache for each CPU.
    pub fn new() -> Result<Self> {
        let len = (nr_cpu_ids() as usize).wrapping_mul(SLOTS);
        let mut slots = KVVec::<Slot>::with_capacity(len, GFP_KERNEL)?;
        for i in 0..len {
            // SAFETY: There is room for so many. All fields are integers and pointers.
            // INVARIANT: There is no route.
            unsafe { slots.as_mut_ptr().add(i).write(mem::zeroed()) };
        }
        // SAFETY: No requirements.
        SEED.store(unsafe { kernel::bindings::get_random_u64() }, Relaxed);
        let (slots, ..) = slots.into_raw_parts();
        TABLE.store(slots, Release);
        Ok(Self(len))
    }
}

impl Drop for RouteCache {
    fn drop(&mut self) {
        let slots = TABLE.load(Relaxed);
        TABLE.store(ptr::null_mut(), Relaxed);
        // SAFETY: They come from the vector in `new`, and nobody is on the packet path any more.
        let slots = unsafe { KVVec::from_raw_parts(slots, self.0, self.0) };
        for slot in &slots {
            // SAFETY: By the type invariant the reference is ours, or the pointer null.
            unsafe { bindings::dst_release(slot.dst) };
        }
    }
}

impl Key {
    /// [`None`] if what decides about this packet is not in a key.
    #[inline]
    fn of(skb: &SkBuff<Received>, saddr: u32, daddr: u32) -> Option<Self> {
        if skb.refdst() != 0 || skb.has_extensions() {
            return None;
        }
        let dev = skb.raw_dev();
        // SAFETY: `dev` is a registered device in an RCU read-side section, so it, its namespace and
        // its `in_device` stay for as long as we look. All fields are plain and are read once.
        unsafe {
            let net = (&raw const (*dev).nd_net.net)
                .read_volatile()
                .cast::<kernel::bindings::net>();
            let in_dev = (&raw const (*dev).ip_ptr).read_volatile();
            if in_dev.is_null()
                || (&raw const (*net).ipv4.fib_rules_require_fldissect).read_volatile() != 0
            {
                return None;
            }
            let own = &raw const (*in_dev).cnf.data;
            let all = &raw const (*(*net).ipv4.devconf_all.cast::<bindings::ipv4_devconf>()).data;
            let of = |data: *const [i32; bindings::__IPV4_DEVCONF_MAX as usize - 1], which: u32| {
                data.cast::<i32>()
                    .add((which as usize).wrapping_sub(1))
                    .read_volatile()
            };
            let rp_filter = of(own, bindings::IPV4_DEVCONF_RP_FILTER)
                .max(of(all, bindings::IPV4_DEVCONF_RP_FILTER));
            let src_valid_mark = of(own, bindings::IPV4_DEVCONF_SRC_VMARK)
                | of(all, bindings::IPV4_DEVCONF_SRC_VMARK);
            Some(Self {
                saddr,
                daddr,
                mark: skb.mark(),
                generation: (&raw const (*net).ipv4.rt_genid.counter).read_volatile(),
                dev,
                settings: (rp_filter as u32) << 1 | u32::from(src_valid_mark != 0),
            })
        }
    }

    /// Who does not know the seed cannot choose slots.
    #[inline]
    fn hash(&self) -> u64 {
        let seed = SEED.load(Relaxed);
        let addresses = u64::from(self.saddr) << 32 | u64::from(self.daddr);
        let rest = u64::from(self.mark) << 32 ^ self.dev as u64;
        ((addresses ^ seed).wrapping_mul(seed | 1) ^ rest.rotate_left(17))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Whether the route at `dst` is one that the kernel would find again, and that decides nothing
/// about a packet but what is in it.
///
/// # Safety
///
/// `dst` is that of a valid `struct rtable`.
#[inline]
unsafe fn is_current(dst: *const bindings::dst_entry) -> bool {
    // SAFETY: By the safety requirements. Others write some of the fields, hence volatile.
    unsafe {
        // Killed when its next hop goes, and when one of its destinations gets an exception.
        (&raw const (*dst).obsolete).read_volatile() == bindings::DST_OBSOLETE_FORCE_CHK as i16
            // It has been replaced in its next hop, and is not told any more.
            && (&raw const (*dst).rt_uncached_list).read_volatile().is_null()
            // It belongs to an exception, and may expire.
            && (&raw const (*dst).expires).read_volatile() == 0
    }
}

/// `ip_route_input_noref()`, or the same result from the cache.
///
/// # Safety
///
/// As for `ip_route_input_noref()`, with bottom halves disabled; the addresses are those of the
/// packet.
#[inline]
pub(super) unsafe fn route_input(skb: &SkBuff<Received>, saddr: u32, daddr: u32) -> u32 {
    let table = TABLE.load(Acquire);
    let key = match Key::of(skb, saddr, daddr) {
        Some(key) if !table.is_null() => key,
        // SAFETY: By the safety requirements.
        _ => return unsafe { look_up(skb, saddr, daddr) },
    };
    let hash = key.hash();
    let first = (CpuId::current().as_u32() as usize).wrapping_mul(SLOTS);
    let index = first.wrapping_add((hash >> 32) as usize % SLOTS);
    // SAFETY: There are so many for each CPU, and only we use those of this one: nothing below
    // leads back here before the borrow ends, and with bottom halves disabled nobody preempts us.
    let slot = unsafe { &mut *table.add(index) };
    // SAFETY: It is read only; no requirements.
    let now = unsafe { (&raw const kernel::bindings::jiffies).read_volatile() };

    let alive = slot.key == key && now.wrapping_sub(slot.filled) < LIFETIME;
    // SAFETY: A key with a device comes with a route, and by the type invariant it is valid.
    if alive && unsafe { is_current(slot.dst) } {
        skb.borrow_dst(slot.dst);
        return 0;
    }

    let flags = skb.ip_flags();
    // SAFETY: By the safety requirements.
    let reason = unsafe { look_up(skb, saddr, daddr) };
    if reason == 0 && skb.refdst() & bindings::SKB_DST_NOREF != 0 && skb.ip_flags() == flags {
        // The generation in the tag: only a route that was found before, and is marked so, is
        // certain to have the generation changed when it is deleted.
        let tag = (hash as u32) ^ key.generation as u32;
        if slot.tag == tag {
            fill(slot, key, now, skb.refdst() & !bindings::SKB_DST_NOREF);
        } else {
            slot.tag = tag;
        }
    }
    reason
}

/// # Safety
///
/// As for `ip_route_input_noref()`.
#[inline]
unsafe fn look_up(skb: &SkBuff<Received>, saddr: u32, daddr: u32) -> u32 {
    // SAFETY: By the safety requirements.
    unsafe { bindings::ip_route_input_noref(skb.as_ptr(), daddr, saddr, 0, skb.raw_dev()) }
}

/// Puts a route that a packet has borrowed from the kernel into the slot, if it may.
#[cold]
fn fill(slot: &mut Slot, key: Key, now: c_ulong, dst: usize) {
    // Once in a tick at most, so nobody can make us do it for each packet.
    if slot.filled == now {
        return;
    }
    let rt = dst as *mut bindings::rtable;
    let dst = dst as *mut bindings::dst_entry;
    // SAFETY: RCU keeps the route, which is an IPv4 one, and begins with its `dst`.
    let fits = unsafe {
        let (rt, entry) = (&*rt, &*dst);
        is_current(dst)
            && rt.rt_genid == key.generation
            && rt.rt_is_input != 0
            && u32::from(rt.rt_type) == bindings::RTN_UNICAST
            && rt.rt_flags == 0
            && entry.error == 0
            && entry.tclassid == 0
            && entry.lwtstate.is_null()
            // Redirects are decided for each packet.
            && entry.__bindgen_anon_1.dev != key.dev
    };
    // SAFETY: As above; it may have been released, and RCU still keeps it.
    if !fits || !unsafe { bindings::dst_hold_safe(dst) } {
        return;
    }
    slot.key = key;
    slot.filled = now;
    // INVARIANT: The reference was just taken.
    let old = mem::replace(&mut slot.dst, dst);
    // SAFETY: By the type invariant the reference was the slot's, or the pointer null.
    unsafe { bindings::dst_release(old) };
}

// SPDX-License-Identifier: GPL-2.0

//! The memory of routes: a table of fixed size, written and read by any CPU without a lock.
//!
//! A *place* belongs to an address by its mark, and may hold the *entry* of that address. Marks are
//! cheap and can be wrong, entries are exact:
//!
//! - The endpoint [marks](Memory::mark) the address of a packet that reached it. That is a store into a
//!   place, if the address has none yet; an entry that is in use is not put out for it.
//! - The hook looks for the [place](Memory::place) of an address; for one without a valid entry it
//!   finds the route, and [puts](Found::put) it there.
//! - Every few seconds those who were not asked for since the last time are [swept](Memory::sweep)
//!   out.
//!
//! So addresses that come but once, a spray into the prefix of a SID, leave marks only, in the places
//! of nobody.
//!
//! # Why this is safe
//!
//! An entry is complete before its pointer is in a place, does not change but for one flag, and its
//! memory is freed a grace period after the pointer was taken out. Who takes a pointer out has it
//! for himself: only `xchg()` and `cmpxchg()` do that. So a reader under RCU sees whole entries, and
//! each is given up once.

use crate::{
    bindings,
    fib6::{
        Address,
        Route, //
    },
    net_namespace::Net,
    once::{
        jiffies,
        read_once, //
    },
    rcu::ReadSection,
};
use core::ptr::{
    self,
    NonNull, //
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Full,
        Relaxed, //
    },
};

/// No generation: they count from 1.
const NEVER: i32 = 0;

/// How many addresses there is room for.
const PLACES: usize = 1 << 14;

/// How many places an address may have: those of a cache line.
const CHOICE: usize = 4;

/// A route that was found for an address.
///
/// # Invariants
///
/// `route` is one of namespace `net`, of which this holds a reference.
struct Entry {
    /// For freeing it.
    rcu: bindings::callback_head,
    net: *mut bindings::net,
    address: Address,
    route: NonNull<bindings::rt6_info>,
    /// The generation of routes and rules in which it is right.
    generation: i32,
    /// When it was made, in ticks.
    made_at: usize,
    /// Whether it was asked for since the last sweep.
    used: Atomic<bool>,
}

/// # Invariants
///
/// `entry` is null or an [`Entry`] that was allocated by `kmalloc()`.
struct Place {
    entry: Atomic<*mut Entry>,
    mark: Atomic<u32>,
    /// The generation in which no route was found that may be remembered.
    vain: Atomic<i32>,
}

/// The table; a static variable. The number of places is a power of two.
#[repr(align(64))]
pub(super) struct Memory<const N: usize = PLACES>([Place; N]);

/// Where an address belongs, and by which mark it is known there.
#[derive(Clone, Copy)]
struct Key {
    /// The first of its places.
    index: usize,
    /// Not 0.
    mark: u32,
}

impl Key {
    /// The multiplier is odd, and the upper bits depend on all others. It spreads the addresses of SIDs
    /// that are numbered one after the other in any part of them, better than chance would. Addresses
    /// are chosen by others, who can make them meet: that costs them their own entries, and nobody more
    /// than a miss.
    #[inline]
    fn new<const N: usize>(net: Net<'_>, address: Address) -> Self {
        const MIX: u64 = 0xd6e8_feb8_6659_fd93;
        let mixed =
            (address[0] ^ address[1].rotate_left(13) ^ net.as_ptr() as u64).wrapping_mul(MIX);
        Self {
            index: (mixed >> (64 - N.trailing_zeros())) as usize & !(CHOICE - 1),
            mark: (mixed >> 16) as u32 | 1,
        }
    }
}

impl<const N: usize> Memory<N> {
    pub(super) const fn new() -> Self {
        const { assert!(N >= CHOICE && N.is_power_of_two()) };
        Self(
            [const {
                Place {
                    entry: Atomic::new(ptr::null_mut()),
                    mark: Atomic::new(0),
                    vain: Atomic::new(NEVER),
                }
            }; N],
        )
    }

    /// The places that an address may have.
    #[inline]
    fn places(&self, key: Key) -> &[Place; CHOICE] {
        // SAFETY: The index is less than the number of places, and both are multiples of `CHOICE`.
        unsafe { &*self.0.as_ptr().add(key.index).cast() }
    }

    /// The place that is marked for an address.
    #[inline]
    pub(super) fn place(&self, net: Net<'_>, address: Address) -> Option<Found<'_>> {
        let key = Key::new::<N>(net, address);
        let place = self.places(key).iter().find(|place| place.is_marked(key))?;
        Some(Found {
            place,
            net: net.as_ptr(),
            address,
        })
    }

    /// Marks a place for an address, unless it has one, or others are in use. Whether it was new.
    #[inline]
    pub(super) fn mark(&self, net: Net<'_>, address: Address, rcu: ReadSection<'_>) -> bool {
        let key = Key::new::<N>(net, address);
        if self.places(key).iter().any(|place| place.is_marked(key)) {
            return false;
        }
        self.mark_anew(key, rcu);
        true
    }

    #[cold]
    fn mark_anew(&self, key: Key, rcu: ReadSection<'_>) {
        let places = self.places(key);
        let free = places.iter().find(|place| place.mark.load(Relaxed) == 0);
        if let Some(place) = free.or_else(|| places.iter().find(|place| !place.is_in_use(rcu))) {
            place.vain.store(NEVER, Relaxed);
            place.mark.store(key.mark, Relaxed);
        }
    }

    /// Gives up what was not asked for since the last time, and all marks without an entry; calls
    /// `keep` for the namespace of each entry that stays.
    pub(super) fn sweep(&self, rcu: ReadSection<'_>, mut keep: impl FnMut(Net<'_>)) {
        for place in &self.0 {
            match place.entry(rcu) {
                // SAFETY: Namespaces give up their entries before they go, and a grace period passes.
                Some(entry) if entry.used.load(Relaxed) => unsafe {
                    entry.used.store(false, Relaxed);
                    keep(Net::from_raw(entry.net));
                },
                Some(entry) => {
                    place.mark.store(0, Relaxed);
                    place.take_out(entry);
                }
                None => place.mark.store(0, Relaxed),
            }
        }
    }

    /// Gives up all entries of a namespace.
    ///
    /// Nobody [puts](Found::put) new ones any more.
    pub(super) fn forget(&self, net: Net<'_>, rcu: ReadSection<'_>) {
        for place in &self.0 {
            if let Some(entry) = place.entry(rcu) {
                if ptr::eq(net.as_ptr(), entry.net) {
                    place.mark.store(0, Relaxed);
                    place.take_out(entry);
                }
            }
        }
    }
}

impl Place {
    #[inline]
    fn is_marked(&self, key: Key) -> bool {
        // SAFETY: It is valid. Others write it meanwhile.
        unsafe { read_once(self.mark.as_ptr()) == key.mark }
    }

    /// The entry at this moment; `rcu_dereference()`.
    #[inline]
    fn entry<'rcu>(&self, _rcu: ReadSection<'rcu>) -> Option<&'rcu Entry> {
        // SAFETY: By the type invariant; an entry is freed a grace period after it was taken out. What
        // it holds depends on the address that is read, which orders the two.
        unsafe { read_once(self.entry.as_ptr()).as_ref() }
    }

    fn is_in_use(&self, rcu: ReadSection<'_>) -> bool {
        self.entry(rcu)
            .is_some_and(|entry| entry.used.load(Relaxed))
    }

    /// Gives up `entry` if it is still here.
    fn take_out(&self, entry: &Entry) {
        let entry = ptr::from_ref(entry).cast_mut();
        if self.entry.cmpxchg(entry, ptr::null_mut(), Full).is_ok() {
            // SAFETY: It was here, and is no more.
            unsafe { give_up(entry) };
        }
    }
}

/// Gives the reference back, and frees the entry after a grace period.
///
/// # Safety
///
/// `entry` was in a place, and the caller has taken it out.
unsafe fn give_up(entry: *mut Entry) {
    // SAFETY: By the safety requirements and the type invariant. Who still reads the entry may use the
    // route until the end of its read-side section: routes are freed by RCU, too.
    unsafe {
        bindings::dst_release((*entry).route.as_ptr().cast());
        bindings::kvfree_call_rcu((&raw mut (*entry).rcu).cast(), entry.cast());
    }
}

/// The place of an address.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    place: &'a Place,
    net: *mut bindings::net,
    address: Address,
}

impl Found<'_> {
    /// The route that is remembered, if it is right in `generation`.
    #[inline(always)]
    pub(super) fn get<'rcu>(self, generation: i32, rcu: ReadSection<'rcu>) -> Option<Route<'rcu>> {
        let entry = self.place.entry(rcu)?;
        // SAFETY: By the type invariant of `Entry` it holds a reference, or has given it back less than
        // a grace period ago.
        let route = unsafe { Route::from_raw(entry.route) };
        if entry.address != self.address
            || !ptr::eq(entry.net, self.net)
            || entry.generation != generation
            || !route.is_valid()
        {
            return None;
        }
        // SAFETY: It is valid. Others write it meanwhile.
        if !unsafe { read_once(entry.used.as_ptr()) } {
            entry.used.store(true, Relaxed);
        }
        Some(route)
    }

    /// Whether it was in vain to look for a route, and would be again.
    #[inline]
    pub(super) fn is_vain(self, generation: i32) -> bool {
        self.place.vain.load(Relaxed) == generation
    }

    /// Notes that there was none in `generation`. The next sweep forgets that.
    pub(super) fn set_vain(self, generation: i32) {
        self.place.vain.store(generation, Relaxed);
    }

    /// Remembers a route, which was found in `generation`.
    ///
    /// Not if there is no memory, or if something was put here in this very tick: what changes that
    /// often is not worth it, and what was there needs a grace period to go.
    pub(super) fn put(self, route: Route<'_>, generation: i32, rcu: ReadSection<'_>) {
        let now = jiffies();
        if self
            .place
            .entry(rcu)
            .is_some_and(|entry| entry.made_at == now)
        {
            return;
        }
        let Ok(room) = KBox::<Entry>::new_uninit(GFP_ATOMIC) else {
            return;
        };
        // SAFETY: The route is allocated.
        if !unsafe { bindings::dst_hold_safe(route.as_ptr().as_ptr().cast()) } {
            return;
        }
        // INVARIANT: The reference was just taken.
        let entry = KBox::into_raw(room.write(Entry {
            rcu: bindings::callback_head::default(),
            net: self.net,
            address: self.address,
            route: route.as_ptr(),
            generation,
            made_at: now,
            used: Atomic::new(true),
        }));
        let old = self.place.entry.xchg(entry, Full);
        if !old.is_null() {
            // SAFETY: It was here, and is no more.
            unsafe { give_up(old) };
        }
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Counters of each SID, for what happens seldom: there is one set for all CPUs.
//!
//! A SID is known by its network namespace and the prefix of its route; the first event of a SID
//! makes room for it. The number of SIDs in a namespace is bounded, and so is what a flood of events
//! can cost: those of further SIDs, and those for which there is no memory, are counted together.
//!
//! # Why this is safe
//!
//! The entries of a namespace are lists that only grow, at their heads, by `cmpxchg()`. An entry is
//! complete before it is in a list, and does not change but for its counters. All are freed when the
//! namespace or the module goes, when nobody else has them any more ([`State::exit`]).

use crate::{
    fib6::{
        Prefix,
        Route, //
    },
    net_namespace::Net,
    pernet::{
        PerNet,
        State, //
    },
    rcu::ReadSection,
};
use core::{
    marker::PhantomData,
    ptr, //
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        Full,
        Relaxed, //
    }, //
};

/// How many lists a namespace has.
const LISTS: usize = 64;

/// How many SIDs of a namespace have counters of their own.
const MAX_SIDS: usize = 1024;

/// Whose counters they are, `N` of each SID.
pub trait Events<const N: usize>: Sized + 'static {
    /// Where they are kept: a static variable, always the same one.
    fn counters() -> &'static SidCounters<Self, N>;
}

/// `N` counters of each SID; a static variable.
pub struct SidCounters<E: Events<N>, const N: usize>(PerNet<Sids<E, N>>);

/// The counters of one SID.
struct Sid<const N: usize> {
    prefix: Prefix,
    counters: [Atomic<u64>; N],
    /// The rest of the list.
    next: *mut Sid<N>,
}

/// Those of a namespace.
///
/// # Invariants
///
/// The pointers in `lists` and behind them are null or came from a [`KBox`]; they stay as long as
/// this, and nothing but their counters changes.
struct Sids<E, const N: usize> {
    lists: [Atomic<*mut Sid<N>>; LISTS],
    /// How many there are in all lists, or are about to be.
    number: Atomic<usize>,
    /// Those of all SIDs for which there was no room.
    others: [Atomic<u64>; N],
    events: PhantomData<fn() -> E>,
}

// SAFETY: Only atomics are written, and what the pointers lead to by the rules above.
unsafe impl<E, const N: usize> Sync for Sids<E, N> {}

// SAFETY: Zeros are empty lists and counters.
unsafe impl<E: Events<N>, const N: usize> State for Sids<E, N> {
    fn all() -> &'static PerNet<Self> {
        &E::counters().0
    }

    fn exit(&self, _: Net<'_>) {
        for list in &self.lists {
            let mut sid = list.xchg(ptr::null_mut(), Full);
            while !sid.is_null() {
                // SAFETY: By the type invariant; it is in no list any more, and nobody else is here.
                sid = unsafe { KBox::from_raw(sid) }.next;
            }
        }
    }
}

impl<E: Events<N>, const N: usize> Sids<E, N> {
    /// Counts an event of a SID.
    fn count(&self, prefix: Prefix, event: usize) {
        let counters = self.of(prefix).unwrap_or(&self.others);
        if let Some(counter) = counters.get(event) {
            counter.add(1, Relaxed);
        }
    }

    /// The counters of a SID; [`None`] if there is no room for it.
    fn of(&self, prefix: Prefix) -> Option<&[Atomic<u64>; N]> {
        let list = self.list(prefix);
        let mut head = list.load(Acquire);
        // SAFETY: The list is one of ours.
        if let Some(sid) = unsafe { find(head, ptr::null_mut(), prefix) } {
            return Some(&sid.counters);
        }
        if self.number.fetch_add(1, Relaxed) >= MAX_SIDS {
            let _ = self.number.fetch_sub(1, Relaxed);
            return None;
        }
        let made = KBox::new(
            Sid {
                prefix,
                counters: [const { Atomic::new(0) }; N],
                next: ptr::null_mut(),
            },
            GFP_ATOMIC,
        );
        let Ok(mut sid) = made else {
            let _ = self.number.fetch_sub(1, Relaxed);
            return None;
        };
        loop {
            sid.next = head;
            let new = KBox::into_raw(sid);
            match list.cmpxchg(head, new, Full) {
                // SAFETY: By the type invariant it stays.
                Ok(_) => return Some(unsafe { &(*new).counters }),
                Err(newer) => {
                    // Another CPU was faster, perhaps with the same SID.
                    // SAFETY: What was the list before is behind what it is now.
                    if let Some(other) = unsafe { find(newer, head, prefix) } {
                        // SAFETY: Nobody else has seen it.
                        drop(unsafe { KBox::from_raw(new) });
                        let _ = self.number.fetch_sub(1, Relaxed);
                        return Some(&other.counters);
                    }
                    head = newer;
                    // SAFETY: As above.
                    sid = unsafe { KBox::from_raw(new) };
                }
            }
        }
    }

    /// The list that a SID belongs to. SIDs differ anywhere in their addresses.
    fn list(&self, prefix: Prefix) -> &Atomic<*mut Sid<N>> {
        const MIX: u64 = 0xd6e8_feb8_6659_fd93;
        let [high, low] = prefix.address;
        let mixed = (high ^ low.rotate_left(13)).wrapping_mul(MIX);
        &self.lists[(mixed >> 58) as usize % LISTS]
    }
}

/// The SID with `prefix` in the part of a list that begins with `sid` and ends before `end`.
///
/// # Safety
///
/// It is one of a namespace whose SIDs the caller has for `'a`.
unsafe fn find<'a, const N: usize>(
    mut sid: *mut Sid<N>,
    end: *mut Sid<N>,
    prefix: Prefix,
) -> Option<&'a Sid<N>> {
    while !ptr::eq(sid, end) {
        // SAFETY: By the safety requirements, and the type invariant of `Sids`.
        let entry = unsafe { &*sid };
        if entry.prefix == prefix {
            return Some(entry);
        }
        sid = entry.next;
    }
    None
}

impl<E: Events<N>, const N: usize> SidCounters<E, N> {
    /// Nothing is counted yet.
    #[expect(clippy::new_without_default, reason = "for statics")]
    pub const fn new() -> Self {
        Self(PerNet::new())
    }

    /// Counts event number `event` of the SID that `route` leads to. Nothing if there is no such
    /// number, if the route has left its table, or without a [`Registration`].
    ///
    /// Packet path. Allocates memory at the first event of a SID.
    #[cold]
    pub fn count<'rcu>(&self, route: Route<'rcu>, event: usize, rcu: ReadSection<'rcu>) {
        if let Some(sids) = self.0.get(route.dev().net(), rcu) {
            if let Some(prefix) = route.prefix() {
                sids.count(prefix, event);
            }
        }
    }

    /// Calls `f` with the inode number of a namespace, the prefix of a SID, an event and its number,
    /// if that is not 0. The prefix is [`None`] for what is counted together. Sleeps.
    pub fn for_each(&self, mut f: impl FnMut(u32, Option<Prefix>, usize, u64)) {
        let mut each = |inode, prefix, counters: &[Atomic<u64>; N]| {
            for (event, counter) in counters.iter().enumerate() {
                match counter.load(Relaxed) {
                    0 => {}
                    number => f(inode, prefix, event, number),
                }
            }
        };
        self.0.for_each(|net, sids| {
            for list in &sids.lists {
                let mut sid = list.load(Acquire);
                // SAFETY: By the type invariant, and no namespace goes meanwhile.
                while let Some(entry) = unsafe { sid.as_ref() } {
                    each(net.inode(), Some(entry.prefix), &entry.counters);
                    sid = entry.next;
                }
            }
            each(net.inode(), None, &sids.others);
        });
    }
}

/// As long as it exists events are counted.
///
/// # Invariants
///
/// The counters of `E` are registered.
pub struct Registration<E: Events<N>, const N: usize>(PhantomData<fn() -> E>);

impl<E: Events<N>, const N: usize> Registration<E, N> {
    /// Sleeps. There must be no other one for `E`, or it fails with `EBUSY`.
    pub fn new() -> Result<Self> {
        E::counters().0.register(|| {})?;
        // INVARIANT: Just done.
        Ok(Self(PhantomData))
    }
}

impl<E: Events<N>, const N: usize> Drop for Registration<E, N> {
    /// Forgets everything. Sleeps for a grace period.
    fn drop(&mut self) {
        // SAFETY: By the type invariant.
        unsafe { E::counters().0.unregister() };
    }
}

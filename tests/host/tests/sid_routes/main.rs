// SPDX-License-Identifier: GPL-2.0

//! The memory of routes, compiled from its own source, under loom: each order in which threads can take their steps,
//! within the rules of the memory model.
//!
//! Threads are CPUs that look for routes, remember, sweep and forget. One lets a grace period pass at any time, which
//! frees what was given up before. At the end everything has been given back.

#![allow(non_camel_case_types, reason = "names of the kernel")]

extern crate self as kernel;

mod atomic;
mod memory_of_kernel;

#[path = "../../../../rust/sid_routes/memory.rs"]
mod memory;

// What `memory` knows of the kernel and of the crate that it is of.
pub mod bindings {
    pub use crate::memory_of_kernel::{
        callback_head, dst_hold_safe, dst_release, kvfree_call_rcu, net, rt6_info,
    };
}
pub mod fib6 {
    pub use crate::memory_of_kernel::{Address, Route};
}
pub mod net_namespace {
    pub use crate::memory_of_kernel::Net;
}
pub mod once {
    pub use crate::{atomic::read_once, memory_of_kernel::jiffies};
}
pub mod prelude {
    pub use crate::memory_of_kernel::{KBox, GFP_ATOMIC};
}
pub mod rcu {
    pub use crate::memory_of_kernel::ReadSection;
}
pub mod sync {
    pub mod atomic {
        pub use crate::atomic::{Atomic, Full, Relaxed};
    }
}

use loom::thread;
use memory_of_kernel::{allocations, grace_period, section, Address, InTable, Net, ReadSection};
use std::sync::Arc;

const ADDRESS: Address = [0x5f00_0000_0000_0000, 0xd4];

type Memory = memory::Memory<4>;

/// An address, and namespaces, known by the same mark: it does not depend on the upper bits.
const TWIN: Address = [ADDRESS[0] ^ 1 << 48, ADDRESS[1]];
const NET: usize = 0x1000;
const TWIN_NET: usize = NET | 1 << 48;
const OTHER_NET: usize = 0x2000;

fn net(address: usize) -> Net<'static> {
    // SAFETY: It is not looked at.
    unsafe { Net::from_raw(std::ptr::without_provenance_mut(address)) }
}

/// A memory in which the address is marked.
fn marked() -> Arc<Memory> {
    let memory = Arc::new(Memory::new());
    sweep(&memory); // touches each atomic
    let section = section();
    assert!(memory.mark(net(NET), ADDRESS, (&section).into()));
    memory
}

/// What the hook does with a packet: it gets the route that is remembered, or that the table has, which
/// is remembered then.
fn attach(memory: &Memory, (in_net, address): (usize, Address), generation: i32, table: InTable) {
    let section = section();
    let rcu = ReadSection::from(&section);
    let Some(place) = memory.place(net(in_net), address) else {
        return;
    };
    if let Some(route) = place.get(generation, rcu) {
        assert!(table.is(route), "a route of something else");
    } else if place.is_vain(generation) {
        // The kernel is asked.
    } else if let Some(route) = table.found(rcu) {
        place.put(route, generation, rcu);
    } else {
        place.set_vain(generation);
    }
}

/// Whether there is something to attach.
fn is_remembered(memory: &Memory, generation: i32) -> bool {
    let section = section();
    let rcu = ReadSection::from(&section);
    memory
        .place(net(NET), ADDRESS)
        .is_some_and(|place| place.get(generation, rcu).is_some())
}

/// A sweep; the second one gives up what was not asked for in between.
fn sweep(memory: &Memory) {
    let section = section();
    memory.sweep((&section).into(), |_| {});
}

fn forget(memory: &Memory, of: usize) {
    let section = section();
    memory.forget(net(of), (&section).into());
}

/// The namespace goes: nothing is left, and each route has the reference of its table only, if it is
/// there.
fn end(memory: &Memory, routes: &[(InTable, usize)]) {
    forget(memory, NET);
    forget(memory, TWIN_NET);
    grace_period();
    assert_eq!(allocations(), 0, "not freed");
    for (number, (route, references)) in routes.iter().enumerate() {
        assert_eq!(
            route.references(),
            *references,
            "references of route {number}"
        );
    }
}

fn model(scenario: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    // More than that would not find more in finite time.
    model.preemption_bound = Some(3);
    model.max_branches = 10_000;
    model.check(scenario);
}

/// Each in a thread of its own, until all are done.
macro_rules! in_parallel {
    ($memory:ident: $($what:expr),* $(,)?) => {
        let threads = [$({
            let $memory = Arc::clone(&$memory);
            thread::spawn(move || {
                let _ = &$memory;
                $what
            })
        }),*];
        for thread in threads {
            thread.join().expect("it does not panic");
        }
    };
}

#[test]
fn two_remember_at_once() {
    model(|| {
        let memory = marked();
        let table = InTable::new();
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, table),
            attach(&memory, (NET, ADDRESS), 1, table),
            grace_period(),
        }
        end(&memory, &[(table, 1)]);
    });
}

#[test]
fn a_new_generation_replaces_what_others_read() {
    model(|| {
        let memory = marked();
        let (old, new) = (InTable::new(), InTable::new());
        attach(&memory, (NET, ADDRESS), 1, old);
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, old),
            attach(&memory, (NET, ADDRESS), 2, new),
            grace_period(),
        }
        end(&memory, &[(old, 1), (new, 1)]);
    });
}

#[test]
fn a_route_is_deleted_that_others_use() {
    model(|| {
        let memory = marked();
        let table = InTable::new();
        attach(&memory, (NET, ADDRESS), 1, table);
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, table),
            {
                table.delete();
                assert!(!is_remembered(&memory, 1), "a route that is no more");
                sweep(&memory);
                sweep(&memory);
            },
            grace_period(),
        }
        end(&memory, &[(table, 0)]);
    });
}

#[test]
fn what_is_swept_out_is_asked_for_and_remembered_anew() {
    model(|| {
        let memory = marked();
        let table = InTable::new();
        attach(&memory, (NET, ADDRESS), 1, table);
        sweep(&memory);
        in_parallel! { memory:
            sweep(&memory),
            {
                attach(&memory, (NET, ADDRESS), 1, table);
                let section = section();
                memory.mark(net(NET), ADDRESS, (&section).into());
            },
            {
                attach(&memory, (NET, ADDRESS), 2, table);
                grace_period();
            },
        }
        end(&memory, &[(table, 1)]);
    });
}

/// A namespace goes while the other one goes on, in the same places.
#[test]
fn a_namespace_goes() {
    model(|| {
        let memory = marked();
        let (table, of_other) = (InTable::new(), InTable::new());
        attach(&memory, (NET, ADDRESS), 1, table);
        {
            let section = section();
            let rcu = ReadSection::from(&section);
            memory.mark(net(OTHER_NET), ADDRESS, rcu);
            let place = memory
                .place(net(OTHER_NET), ADDRESS)
                .expect("there is room");
            place.put(of_other.found(rcu).expect("it is there"), 1, rcu);
        }
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, table),
            {
                forget(&memory, OTHER_NET);
                grace_period();
            },
            {
                sweep(&memory);
                sweep(&memory);
            },
        }
        assert_eq!(of_other.references(), 1, "the namespace is gone");
        end(&memory, &[(table, 1), (of_other, 1)]);
    });
}

#[test]
fn a_namespace_goes_and_another_one_keeps_what_it_has() {
    model(|| {
        let memory = marked();
        let table = InTable::new();
        attach(&memory, (NET, ADDRESS), 1, table);
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, table),
            forget(&memory, OTHER_NET),
        }
        assert!(is_remembered(&memory, 1));
        forget(&memory, NET);
        assert!(!is_remembered(&memory, 1));
        end(&memory, &[(table, 1)]);
    });
}

/// What is known by the mark of the address gets no route but its own.
fn shares_the_mark((in_net, address): (usize, Address)) {
    model(move || {
        let memory = marked();
        let (table, of_twin) = (InTable::new(), InTable::new());
        let place = memory.place(net(in_net), address);
        assert!(place.is_some(), "they have one mark");
        in_parallel! { memory:
            {
                attach(&memory, (NET, ADDRESS), 1, table);
                attach(&memory, (NET, ADDRESS), 1, table);
            },
            attach(&memory, (in_net, address), 1, of_twin),
            grace_period(),
        }
        end(&memory, &[(table, 1), (of_twin, 1)]);
    });
}

#[test]
fn two_addresses_of_one_mark() {
    shares_the_mark((NET, TWIN));
}

#[test]
fn one_address_in_two_namespaces_of_one_mark() {
    shares_the_mark((TWIN_NET, ADDRESS));
}

#[test]
fn nothing_is_found_until_the_generation_is_another_one() {
    model(|| {
        let memory = marked();
        let (gone, table) = (InTable::new(), InTable::new());
        gone.delete();
        in_parallel! { memory:
            attach(&memory, (NET, ADDRESS), 1, gone),
            attach(&memory, (NET, ADDRESS), 2, table),
        }
        attach(&memory, (NET, ADDRESS), 2, table);
        assert!(is_remembered(&memory, 2));
        end(&memory, &[(gone, 0), (table, 1)]);
    });
}

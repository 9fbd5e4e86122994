// SPDX-License-Identifier: GPL-2.0

//! Counters of which each CPU has its own, so that CPUs which count at the same time do not wait
//! for each other's cache lines.
//!
//! C header: `include/linux/percpu-defs.h`

use crate::bindings;
use kernel::{
    cpu::nr_cpu_ids,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

/// `N` counters of each CPU; a static variable that [`per_cpu_counters!`](crate::per_cpu_counters)
/// declares.
///
/// # Invariants
///
/// The pointer is the address of a per-CPU variable, `DEFINE_PER_CPU()`, which only this type
/// accesses.
pub struct PerCpuCounters<const N: usize>(*mut [u64; N]);

// SAFETY: Each CPU changes its own counters only, in one instruction; they are read atomically.
unsafe impl<const N: usize> Sync for PerCpuCounters<N> {}

impl<const N: usize> PerCpuCounters<N> {
    /// # Safety
    ///
    /// `address` must be that of a per-CPU variable which nothing else accesses.
    #[doc(hidden)]
    pub const unsafe fn new(address: *mut [u64; N]) -> Self {
        // INVARIANT: By the safety requirements.
        Self(address)
    }

    /// Counts one more at `index`, on this CPU; `this_cpu_inc()`. Nothing if there is no such
    /// counter.
    ///
    /// Any context.
    pub fn increment(&self, index: usize) {
        if index < N {
            // SAFETY: By the type invariant; the index was checked.
            unsafe { bindings::this_cpu_inc(self.0.cast::<u64>().wrapping_add(index)) };
        }
    }

    /// The sum of the counters at `index` of all CPUs; 0 if there is no such counter. What is being
    /// counted at this moment may be missing.
    pub fn sum(&self, index: usize) -> u64 {
        if index >= N {
            return 0;
        }
        let counter = self.0.cast::<u64>().wrapping_add(index);
        (0..nr_cpu_ids())
            // SAFETY: The number is less than `nr_cpu_ids`.
            .filter(|&cpu| unsafe { bindings::cpu_possible(cpu) })
            .map(|cpu| {
                // SAFETY: By the type invariant, and the CPU has memory since it is possible. The
                // CPU may change the counter meanwhile, in one instruction.
                unsafe { Atomic::from_ptr(bindings::per_cpu_ptr(counter, cpu as i32)) }
                    .load(Relaxed)
            })
            .fold(0, u64::wrapping_add)
    }
}

/// Declares [`PerCpuCounters`], all zero: `static NAME: [NUMBER];`.
#[macro_export]
macro_rules! per_cpu_counters {
    ($(#[$attribute:meta])* $vis:vis static $name:ident: [$number:expr];) => {
        $(#[$attribute])*
        $vis static $name: $crate::percpu::PerCpuCounters<{ $number }> = {
            // `DEFINE_PER_CPU()`
            #[link_section = ".data..percpu"]
            static mut COUNTERS: [u64; $number] = [0; $number];
            // SAFETY: The section makes it a per-CPU variable; its name goes out of scope here.
            unsafe { $crate::percpu::PerCpuCounters::new(&raw mut COUNTERS) }
        };
    };
}

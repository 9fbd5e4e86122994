// SPDX-License-Identifier: GPL-2.0

//! Reading what C code writes meanwhile.
//!
//! C header: `include/asm-generic/rwonce.h`

use crate::bindings;

/// The time, in ticks; `jiffies`.
pub(crate) fn jiffies() -> usize {
    // SAFETY: It is a number that only the timer interrupt writes.
    unsafe { read_once(&raw const bindings::jiffies) as usize }
}

/// Reads a field that others may write at the same time, once and in one piece; `READ_ONCE()`.
///
/// By the rules of Rust that is a data race; by those of the kernel's memory model, which the kernel
/// and its Rust code are built on, it is a marked access like a relaxed atomic load, and reads one
/// of the values that were written. `Atomic::load()` of the `kernel` crate would be the same thing
/// at the cost of a call, which the packet path does not make for it.
///
/// # Safety
///
/// `ptr` is valid for reads and aligned, whatever others write is a `T`, and they write it in one
/// piece.
#[inline(always)]
pub(crate) unsafe fn read_once<T: Copy>(ptr: *const T) -> T {
    const { assert!(size_of::<T>() <= size_of::<usize>() && size_of::<T>().is_power_of_two()) };
    // SAFETY: By the safety requirements.
    unsafe { ptr.read_volatile() }
}

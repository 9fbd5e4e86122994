// SPDX-License-Identifier: GPL-2.0

//! The kernel's atomics and `READ_ONCE()`, on those of loom.

use crate::memory_of_kernel::{check_readable, supply};
use loom::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{atomic::AtomicUsize as StdAtomicUsize, OnceLock};

/// Fully ordered, as a read-modify-write operation of the kernel that returns something.
pub struct Full;

/// Not ordered.
pub struct Relaxed;

pub trait IsOrdering {
    const ORDERING: Ordering;
}

impl IsOrdering for Full {
    const ORDERING: Ordering = Ordering::SeqCst;
}

impl IsOrdering for Relaxed {
    const ORDERING: Ordering = Ordering::Relaxed;
}

/// What fits into a machine word.
pub trait Word: Copy {
    /// How `READ_ONCE()` is ordered with what comes after it.
    const READ_ONCE: Ordering = Ordering::Relaxed;
    fn to_word(self) -> usize;
    fn from_word(word: usize) -> Self;
    /// Called when it was read.
    fn was_read(self) {}
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Word for $number {
            fn to_word(self) -> usize {
                self as usize
            }
            fn from_word(word: usize) -> Self {
                word as Self
            }
        })*
    };
}

numbers!(u32, i32);

impl Word for bool {
    fn to_word(self) -> usize {
        usize::from(self)
    }
    fn from_word(word: usize) -> Self {
        word != 0
    }
}

impl<T> Word for *mut T {
    /// What is read by way of the pointer comes after it, by the dependency of the addresses. Loom
    /// does not know dependencies.
    const READ_ONCE: Ordering = Ordering::Acquire;
    fn to_word(self) -> usize {
        self.expose_provenance()
    }
    fn from_word(word: usize) -> Self {
        std::ptr::with_exposed_provenance_mut(word)
    }
    fn was_read(self) {
        if !self.is_null() {
            check_readable(self);
        }
    }
}

/// Atomics of loom, made before there are threads.
pub struct Supply {
    /// Those that are 0, and those that are 1.
    of_value: [Vec<AtomicUsize>; 2],
    used: StdAtomicUsize,
}

impl Supply {
    pub fn new() -> Self {
        let of_value = |value| (0..24).map(|_| AtomicUsize::new(value)).collect();
        Self {
            of_value: [of_value(0), of_value(1)],
            used: StdAtomicUsize::new(0),
        }
    }

    fn next(&self, value: usize) -> &AtomicUsize {
        &self.of_value[value][self.used.fetch_add(1, Ordering::Relaxed)]
    }
}

/// `kernel::sync::atomic::Atomic`.
pub struct Atomic<T> {
    first: T,
    /// Taken from the supply when it is first used: loom has no constant ones, and takes the making of
    /// one for a plain write.
    cell: OnceLock<&'static AtomicUsize>,
}

// SAFETY: `first` is only copied, and pointers in it are nothing but addresses here.
unsafe impl<T> Send for Atomic<T> {}
// SAFETY: As above.
unsafe impl<T> Sync for Atomic<T> {}

impl<T: Word> Atomic<T> {
    pub const fn new(first: T) -> Self {
        Self {
            first,
            cell: OnceLock::new(),
        }
    }

    fn cell(&self) -> &'static AtomicUsize {
        let supply = supply();
        // Nothing in here is seen by loom, which would let another thread run.
        self.cell.get_or_init(|| supply.next(self.first.to_word()))
    }

    pub fn load(&self, _: Relaxed) -> T {
        T::from_word(self.cell().load(Relaxed::ORDERING))
    }

    pub fn store(&self, value: T, _: Relaxed) {
        self.cell().store(value.to_word(), Relaxed::ORDERING);
    }

    pub fn xchg<O: IsOrdering>(&self, value: T, _: O) -> T {
        T::from_word(self.cell().swap(value.to_word(), O::ORDERING))
    }

    pub fn cmpxchg<O: IsOrdering>(&self, old: T, new: T, _: O) -> Result<T, T> {
        self.cell()
            .compare_exchange(old.to_word(), new.to_word(), O::ORDERING, Ordering::Relaxed)
            .map(T::from_word)
            .map_err(T::from_word)
    }

    /// Only for [`read_once`].
    pub fn as_ptr(&self) -> *const Self {
        self
    }
}

/// `kernel_ext::once::read_once`.
///
/// # Safety
///
/// `ptr` is valid.
pub unsafe fn read_once<T: Word>(ptr: *const Atomic<T>) -> T {
    // SAFETY: By the safety requirements.
    let value = T::from_word(unsafe { &*ptr }.cell().load(T::READ_ONCE));
    value.was_read();
    value
}

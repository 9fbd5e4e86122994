// SPDX-License-Identifier: GPL-2.0

//! What the kernel gives to the memory of routes: allocations, RCU, and routes with references. Each access to what
//! may be freed is shown to loom, which fails if it is not ordered with its making or its end.

use crate::atomic::Supply;
use loom::{
    cell::UnsafeCell,
    sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard},
};
use std::{
    collections::HashMap,
    ffi::c_void,
    marker::PhantomData,
    mem::MaybeUninit,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Mutex as StdMutex, MutexGuard as StdMutexGuard,
    },
};

loom::lazy_static! {
    /// That of one execution.
    static ref KERNEL: Kernel = Kernel::default();
}

struct Kernel {
    atomics: Supply,
    /// Read-side sections hold it to read, a grace period once to write.
    sections: RwLock<()>,
    /// What to do after the next grace period.
    callbacks: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    /// How to free each allocation that somebody has a raw pointer to. Loom does not see this lock, which
    /// would order what the kernel does not.
    allocations: StdMutex<HashMap<usize, Box<dyn FnOnce() + Send>>>,
    ticks: AtomicUsize,
}

impl Default for Kernel {
    fn default() -> Self {
        Self {
            atomics: Supply::new(),
            sections: RwLock::default(),
            callbacks: Mutex::default(),
            allocations: StdMutex::default(),
            ticks: AtomicUsize::new(0),
        }
    }
}

/// Where atomics come from.
pub fn supply() -> &'static Supply {
    &KERNEL.atomics
}

fn known_allocations() -> StdMutexGuard<'static, HashMap<usize, Box<dyn FnOnce() + Send>>> {
    let kernel: &Kernel = &KERNEL;
    kernel.allocations.lock().expect("nobody panics with it")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}

/// `jiffies`: another one each time.
pub fn jiffies() -> usize {
    KERNEL.ticks.fetch_add(1, Ordering::Relaxed)
}

/// `rcu_read_lock()`.
pub struct Section(RwLockReadGuard<'static, ()>);

pub fn section() -> Section {
    Section(KERNEL.sections.read().expect("nobody panics with it"))
}

/// `kernel_ext::rcu::ReadSection`.
#[derive(Clone, Copy)]
pub struct ReadSection<'rcu>(PhantomData<&'rcu Section>);

impl<'rcu> From<&'rcu Section> for ReadSection<'rcu> {
    fn from(section: &'rcu Section) -> Self {
        let _ = &section.0;
        Self(PhantomData)
    }
}

/// A grace period, and what waited for it.
pub fn grace_period() {
    let callbacks = std::mem::take(&mut *locked(&KERNEL.callbacks));
    drop(KERNEL.sections.write().expect("nobody panics with it"));
    for callback in callbacks {
        callback();
    }
}

/// How many allocations have not been freed.
pub fn allocations() -> usize {
    known_allocations().len()
}

pub struct OutOfMemory;

pub const GFP_ATOMIC: () = ();

#[repr(C)]
struct Allocation<T> {
    value: MaybeUninit<T>,
    life: UnsafeCell<()>,
}

// SAFETY: It is moved as a whole, and loom watches over what is done to it.
unsafe impl<T> Send for Allocation<T> {}

/// `kernel::alloc::KBox`, as far as it is used.
pub struct KBox<T>(Box<Allocation<T>>);

impl<T: 'static> KBox<T> {
    pub fn new_uninit(_: ()) -> Result<KBox<MaybeUninit<T>>, OutOfMemory> {
        Ok(KBox(Box::new(Allocation {
            value: MaybeUninit::uninit(),
            life: UnsafeCell::new(()),
        })))
    }

    pub fn into_raw(this: Self) -> *mut T {
        let raw = Box::into_raw(this.0);
        let address = raw.expose_provenance();
        let free = move || {
            // SAFETY: It is that of above; who takes this from the list is the only one.
            let allocation = unsafe {
                Box::from_raw(std::ptr::with_exposed_provenance_mut::<Allocation<T>>(
                    address,
                ))
            };
            allocation.life.with_mut(|_| ());
        };
        known_allocations().insert(address, Box::new(free));
        raw.cast()
    }
}

impl<T: 'static> KBox<MaybeUninit<T>> {
    pub fn write(self, value: T) -> KBox<T> {
        let allocation = Allocation {
            value: MaybeUninit::new(value),
            life: UnsafeCell::new(()),
        };
        allocation.life.with_mut(|_| ());
        KBox(Box::new(allocation))
    }
}

/// Fails unless what `value`, which a [`KBox`] was made into, points to is complete for this thread and
/// not yet freed.
pub fn check_readable<T>(value: *mut T) {
    assert!(
        known_allocations().contains_key(&value.addr()),
        "it was freed"
    );
    // SAFETY: It is allocated.
    unsafe { &*value.cast::<Allocation<T>>() }.life.with(|_| ());
}

/// `struct callback_head`.
#[derive(Default)]
pub struct callback_head {}

/// # Safety
///
/// `allocation` is one that a [`KBox`] was made into.
pub unsafe fn kvfree_call_rcu(_: *mut callback_head, allocation: *mut c_void) {
    let address = allocation.addr();
    locked(&KERNEL.callbacks).push(Box::new(move || {
        let free = known_allocations().remove(&address);
        free.expect("it is freed once")();
    }));
}

/// `struct net`.
pub struct net {}

/// `kernel_ext::net_namespace::Net`.
#[derive(Clone, Copy)]
pub struct Net<'a>(*mut net, PhantomData<&'a net>);

impl Net<'_> {
    /// # Safety
    ///
    /// None; it is never looked at.
    pub unsafe fn from_raw(net: *mut net) -> Self {
        Self(net, PhantomData)
    }

    pub fn as_ptr(self) -> *mut net {
        self.0
    }
}

/// `struct rt6_info`.
pub struct rt6_info {
    references: loom::sync::atomic::AtomicUsize,
    in_table: loom::sync::atomic::AtomicBool,
    life: UnsafeCell<()>,
}

pub type dst_entry = rt6_info;

/// # Safety
///
/// `dst` is allocated.
pub unsafe fn dst_hold_safe(dst: *mut dst_entry) -> bool {
    // SAFETY: By the safety requirements.
    let references = unsafe { &(*dst).references };
    let mut seen = references.load(Ordering::Relaxed);
    while seen != 0 {
        match references.compare_exchange(seen, seen + 1, Ordering::SeqCst, Ordering::Relaxed) {
            Ok(_) => return true,
            Err(now) => seen = now,
        }
    }
    false
}

/// # Safety
///
/// The caller has a reference, and gives it up.
pub unsafe fn dst_release(dst: *mut dst_entry) {
    // SAFETY: By the safety requirements.
    let before = unsafe { &(*dst).references }.fetch_sub(1, Ordering::SeqCst);
    assert_ne!(before, 0, "a reference was given back twice");
    if before == 1 {
        let address = dst.expose_provenance();
        locked(&KERNEL.callbacks).push(Box::new(move || {
            let dst = std::ptr::with_exposed_provenance_mut::<rt6_info>(address);
            // SAFETY: Nobody has a reference any more. It is not really freed, so that who still uses it
            // is found out.
            unsafe { &*dst }.life.with_mut(|_| ());
        }));
    }
}

/// A route in the kernel's table, which has a reference to it.
#[derive(Clone, Copy)]
pub struct InTable(*mut rt6_info);

// SAFETY: Loom watches over what is done to it.
unsafe impl Send for InTable {}

impl InTable {
    pub fn new() -> Self {
        let route = rt6_info {
            references: loom::sync::atomic::AtomicUsize::new(1),
            in_table: loom::sync::atomic::AtomicBool::new(true),
            life: UnsafeCell::new(()),
        };
        Self(Box::into_raw(Box::new(route)))
    }

    /// As the kernel's search finds it.
    pub fn found(self, _: ReadSection<'_>) -> Option<Route<'_>> {
        // SAFETY: It is never freed.
        let route = unsafe { &*self.0 };
        // The search depends on pointers, too.
        let in_table = route.in_table.load(Ordering::Acquire);
        // SAFETY: As above.
        in_table.then(|| unsafe { Route::from_raw(std::ptr::NonNull::new_unchecked(self.0)) })
    }

    /// `ip -6 route del`.
    pub fn delete(self) {
        // SAFETY: It is never freed, and the table has a reference.
        unsafe {
            (*self.0).in_table.store(false, Ordering::Release);
            dst_release(self.0);
        }
    }

    /// How many references there are, that of the table included.
    pub fn references(self) -> usize {
        // SAFETY: It is never freed.
        unsafe { &*self.0 }.references.load(Ordering::SeqCst)
    }

    pub fn is(self, route: Route<'_>) -> bool {
        std::ptr::eq(self.0, route.as_ptr().as_ptr())
    }
}

/// `kernel_ext::fib6::Address`.
pub type Address = [u64; 2];

/// `kernel_ext::fib6::Route`.
#[derive(Clone, Copy)]
pub struct Route<'rcu>(std::ptr::NonNull<rt6_info>, PhantomData<&'rcu rt6_info>);

impl Route<'_> {
    /// # Safety
    ///
    /// It is allocated.
    pub unsafe fn from_raw(route: std::ptr::NonNull<rt6_info>) -> Self {
        // SAFETY: By the safety requirements. Fails if it was given up.
        unsafe { route.as_ref() }.life.with(|_| ());
        Self(route, PhantomData)
    }

    pub fn as_ptr(self) -> std::ptr::NonNull<rt6_info> {
        self.0
    }

    pub fn is_valid(self) -> bool {
        // SAFETY: It is never freed.
        unsafe { self.0.as_ref() }.in_table.load(Ordering::Relaxed)
    }
}

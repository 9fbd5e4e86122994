// SPDX-License-Identifier: GPL-2.0

//! Watching a function of the kernel: a callback at its entry, which changes nothing.
//!
//! `Documentation/trace/ftrace-uses.rst`. What the callback gets are the arguments of the function; it
//! cannot keep it from running, nor redirect it (no `FTRACE_OPS_FL_IPMODIFY`), so livepatches and
//! tracers of the same function are not in the way of each other.
//!
//! C header: `include/linux/ftrace.h`

use crate::bindings;
use kernel::{
    error::to_result,
    ffi::c_ulong,
    prelude::*,
    str::CStr,
    types::Opaque, //
};

/// Who watches.
pub(crate) trait Watcher: 'static {
    /// The function was called. Runs in the context of its caller, and not inside itself.
    ///
    /// # Safety
    ///
    /// The arguments are those of a call of the function that was passed to [`Watch::begin`].
    unsafe fn entered(arguments: &Arguments<'_>);
}

/// The arguments of the function.
pub(crate) struct Arguments<'a>(&'a mut bindings::ftrace_regs);

impl Arguments<'_> {
    /// Argument number `index`, an integer or a pointer. Which there are, the function says.
    pub(crate) fn get(&self, index: u32) -> usize {
        let registers = core::ptr::from_ref::<bindings::ftrace_regs>(self.0).cast_mut();
        // SAFETY: They are those of the call, and are only read.
        unsafe { bindings::ftrace_regs_get_argument(registers, index) as usize }
    }
}

/// A function being watched; a static variable.
///
/// # Invariants
///
/// `ops` is written only by [`begin`](Self::begin), before ftrace knows it; until
/// [`end`](Self::end) it belongs to that.
pub(crate) struct Watch {
    ops: Opaque<bindings::ftrace_ops>,
}

// SAFETY: By the type invariant the only writers are `begin`, which is unsafe to call twice, and ftrace,
// which locks.
unsafe impl Sync for Watch {}

impl Watch {
    /// Nothing is watched yet.
    pub(crate) const fn new() -> Self {
        Self {
            ops: Opaque::zeroed(),
        }
    }

    /// Begins to watch `function`, of vmlinux. Sleeps.
    ///
    /// Fails, with nothing left behind, with `EINVAL` if there is no such function.
    ///
    /// # Safety
    ///
    /// It is not being watched by this already.
    pub(crate) unsafe fn begin<W: Watcher>(&'static self, function: &CStr) -> Result {
        let ops = self.ops.get();
        // SAFETY: By the safety requirements nobody else accesses it yet. The name is only read.
        unsafe {
            (*ops).func = Some(entered::<W>);
            let name = function.as_char_ptr().cast_mut().cast();
            to_result(bindings::ftrace_set_filter(
                ops,
                name,
                function.to_bytes().len() as i32,
                1,
            ))?;
            to_result(bindings::register_ftrace_function(ops))
                .inspect_err(|_| bindings::ftrace_free_filter(ops))
        }
    }

    /// Ends it: when this returns nobody is in the callback any more. Sleeps.
    ///
    /// # Safety
    ///
    /// It is being watched.
    pub(crate) unsafe fn end(&'static self) {
        let ops = self.ops.get();
        // SAFETY: It is registered. It is not one of the kernel's own, so ftrace waits for those who are
        // in the callback.
        unsafe {
            bindings::unregister_ftrace_function(ops);
            bindings::ftrace_free_filter(ops);
        }
    }
}

/// # Safety
///
/// Called by ftrace at the entry of the function that is watched, with its registers.
unsafe extern "C" fn entered<W: Watcher>(
    _: c_ulong,
    _: c_ulong,
    _: *mut bindings::ftrace_ops,
    registers: *mut bindings::ftrace_regs,
) {
    // SAFETY: By the safety requirements.
    unsafe { W::entered(&Arguments(&mut *registers)) }
}

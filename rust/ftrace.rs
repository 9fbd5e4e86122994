// SPDX-License-Identifier: GPL-2.0

//! Watching a function of the kernel: a callback at its entry, which gets its arguments.
//!
//! `Documentation/trace/ftrace-uses.rst`. One that only looks is in nobody's way: neither livepatches nor
//! tracers of the same function. One that may lead a call to another function
//! (`FTRACE_OPS_FL_IPMODIFY`) keeps livepatches of the function away, and is kept away by them.
//!
//! C header: `include/linux/ftrace.h`

use crate::bindings;
use kernel::{
    error::to_result,
    ffi::{
        c_ulong,
        c_void, //
    },
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
    unsafe fn entered(arguments: &mut Arguments<'_>);
}

/// What a [`Watcher`] does with the calls that it sees.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It looks at their arguments.
    Look,
    /// It may redirect them, too.
    Redirect,
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

    /// Has `function` run in place of the one that was called.
    ///
    /// # Safety
    ///
    /// The watch is one with [`Access::Redirect`]. `function` has the signature of the one that was
    /// called, does what its callers rely on, and stays in memory as long as it may run.
    pub(crate) unsafe fn redirect(&mut self, function: *const c_void) {
        // SAFETY: They are those of the call, and by the safety requirements ftrace lets them be changed.
        unsafe {
            bindings::ftrace_regs_set_instruction_pointer(self.0, function as c_ulong);
        }
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
    /// Fails, with nothing left behind, with `EINVAL` if there is no such function, with `EBUSY` if
    /// somebody else redirects it who must be the only one, with `ENOMEM` if there is no memory.
    ///
    /// # Safety
    ///
    /// It is not being watched by this already.
    pub(crate) unsafe fn begin<W: Watcher>(
        &'static self,
        function: &CStr,
        access: Access,
    ) -> Result {
        // As livepatches have it: the second one, so that nobody can switch it off for all.
        const REDIRECT: u32 = bindings::FTRACE_OPS_FL_IPMODIFY | bindings::FTRACE_OPS_FL_PERMANENT;

        let ops = self.ops.get();
        // SAFETY: By the safety requirements nobody else accesses it yet, and it is not enabled.
        // What frees the filters initialises them. The name is only read.
        unsafe {
            (*ops).func = Some(entered::<W>);
            (*ops).flags = match access {
                Access::Look => 0,
                Access::Redirect => REDIRECT as c_ulong,
            };
            // Makes both filters the same empty one.
            bindings::ftrace_free_filter(ops);
            let name = function.as_char_ptr().cast_mut().cast();
            to_result(bindings::ftrace_set_filter(
                ops,
                name,
                function.to_bytes().len() as i32,
                1,
            ))?;
            // Without memory for what is to be in the filter it is still that, which is no error there, and
            // stands for all functions: their arguments are not those of ours.
            let filters = &*(*ops).func_hash;
            if filters.filter_hash == filters.notrace_hash {
                return Err(ENOMEM);
            }
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
    unsafe { W::entered(&mut Arguments(&mut *registers)) }
}

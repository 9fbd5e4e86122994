// SPDX-License-Identifier: GPL-2.0

//! Live patching: replacing functions of the running kernel.
//!
//! The kernel's own supported way, `Documentation/livepatch/livepatch.rst`. A module that uses it
//! declares itself by [`declare_livepatch!`](crate::declare_livepatch), enables one static
//! [`Patch`] as the last step of its initialisation, and is then kept in memory until the patch
//! has been disabled through sysfs and no task runs a replacement any more.
//!
//! C header: `include/linux/livepatch.h`

mod conflict;

use crate::bindings;
use core::{
    cell::UnsafeCell,
    mem::MaybeUninit, //
};
use kernel::{
    error::{
        from_result,
        to_result, //
    },
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    str::CStr,
    ThisModule, //
};

/// What a patch does when its state changes. All run in a task that may sleep, under `klp_mutex`.
pub(crate) trait Callbacks: 'static {
    /// Every task uses the replacements. Also called when disabling was begun and taken back, so
    /// it must undo what [`pre_unpatch`](Self::pre_unpatch) did.
    fn post_patch();

    /// The replacements are about to go; tasks still run them.
    fn pre_unpatch();

    /// No task runs a replacement any more. Also called, without
    /// [`pre_unpatch`](Self::pre_unpatch), when enabling was begun and taken back.
    fn post_unpatch();
}

/// A function of vmlinux and what replaces it.
pub struct Function {
    /// The symbol that is replaced. Static functions are fine; it must be unique in the kernel.
    pub(crate) name: &'static CStr,
    /// The replacement. It has the C signature of the original.
    pub(crate) replacement: *mut c_void,
}

/// How many functions a patch can replace.
const MAX_FUNCTIONS: usize = 8;

/// The C structures, as `klp_enable_patch()` wants them: tables that end in an empty entry.
struct Tables {
    patch: bindings::klp_patch,
    objects: [bindings::klp_object; 2],
    functions: [bindings::klp_func; MAX_FUNCTIONS + 1],
}

/// A live patch of functions of vmlinux.
///
/// # Invariants
///
/// `tables` is written only by [`Patch::enable`], before it calls `klp_enable_patch()`; from then
/// on it belongs to the livepatch core until the module is gone.
pub struct Patch {
    tables: UnsafeCell<MaybeUninit<Tables>>,
}

// SAFETY: By the type invariant the only writers are `enable`, which is unsafe to call twice, and
// the livepatch core, which locks.
unsafe impl Sync for Patch {}

impl Patch {
    /// A patch that is not enabled yet.
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self {
            tables: UnsafeCell::new(MaybeUninit::zeroed()),
        }
    }

    /// Replaces `functions`, eight of them at most.
    ///
    /// Fails, with nothing changed, if a symbol is not there (`ENOENT`), if another livepatch
    /// replaces one of the functions already (`EBUSY`), or if there are too many (`E2BIG`).
    ///
    /// # Safety
    ///
    /// - Called once, from the initialisation of `module`, as its last step that may fail.
    /// - Each replacement has the signature of the function it replaces and does what callers of
    ///   that function rely on.
    pub(crate) unsafe fn enable<C: Callbacks>(
        &'static self,
        module: &'static ThisModule,
        functions: &mut dyn Iterator<Item = Function>,
    ) -> Result {
        let tables: *mut Tables = self.tables.get().cast();
        // SAFETY: Called once, so nothing else accesses the tables yet; they are zeroed, which is
        // a valid value for these C structures.
        let tables = unsafe { &mut *tables };
        let Some((_, entries)) = tables.functions.split_last_mut() else {
            return Err(E2BIG);
        };
        for entry in entries {
            let Some(function) = functions.next() else {
                break;
            };
            entry.old_name = function.name.as_char_ptr();
            entry.new_func = function.replacement;
        }
        if functions.next().is_some() {
            return Err(E2BIG);
        }
        let [object, _] = &mut tables.objects;
        object.funcs = tables.functions.as_mut_ptr();
        object.callbacks.pre_patch = Some(pre_patch);
        object.callbacks.post_patch = Some(post_patch::<C>);
        object.callbacks.pre_unpatch = Some(pre_unpatch::<C>);
        object.callbacks.post_unpatch = Some(post_unpatch::<C>);
        tables.patch.mod_ = module.as_ptr().cast();
        tables.patch.objs = tables.objects.as_mut_ptr();
        // SAFETY: The tables are complete, and static memory of `module`.
        to_result(unsafe { bindings::klp_enable_patch(&mut tables.patch) })
    }
}

/// # Safety
///
/// Called by the livepatch core under `klp_mutex`, with an object of the patch that is being enabled
/// and was put at the end of its list.
unsafe extern "C" fn pre_patch(object: *mut bindings::klp_object) -> c_int {
    from_result(|| {
        // SAFETY: By the safety requirements.
        unsafe { conflict::refuse_second_replacement(object) }?;
        Ok(0)
    })
}

/// # Safety
///
/// Called by the livepatch core, like the two below.
unsafe extern "C" fn post_patch<C: Callbacks>(_: *mut bindings::klp_object) {
    C::post_patch();
}

/// # Safety
///
/// As for [`post_patch`].
unsafe extern "C" fn pre_unpatch<C: Callbacks>(_: *mut bindings::klp_object) {
    C::pre_unpatch();
}

/// # Safety
///
/// As for [`post_patch`].
unsafe extern "C" fn post_unpatch<C: Callbacks>(_: *mut bindings::klp_object) {
    C::post_unpatch();
}

/// Declares that the module is a livepatch; `MODULE_INFO(livepatch, "Y")`.
///
/// The kernel refuses [`Patch`]es of modules that do not. Used once, in the crate of the module.
#[macro_export]
macro_rules! declare_livepatch {
    () => {
        const _: () = {
            // As `module!` has it: `#[used]` alone may retain the section for the linker, too, which
            // then keeps it apart from the other one of that name.
            #[used(compiler)]
            #[link_section = ".modinfo"]
            static LIVEPATCH: [u8; 12] = *b"livepatch=Y\0";
        };
    };
}

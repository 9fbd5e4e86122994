// SPDX-License-Identifier: GPL-2.0

//! Refusing to replace what another livepatch has replaced already.
//!
//! The livepatch core would stack the two. Whoever came first would be switched off unseen, and
//! would come back when we go; for a fix of a vulnerability that is the wrong way round. So the
//! second one is told.

use crate::bindings;
use core::{
    mem::offset_of,
    ptr,
    slice, //
};
use kernel::{
    ffi::c_char,
    prelude::*,
    str::BStr, //
};

/// Fails with `EBUSY` if another livepatch replaces a function of vmlinux that `object` replaces.
///
/// # Safety
///
/// `object` belongs to a patch that `klp_enable_patch()` has put at the end of its list and has
/// not enabled yet, and `klp_mutex` is held.
pub(super) unsafe fn refuse_second_replacement(object: *mut bindings::klp_object) -> Result {
    // `object->node` is the only member of `patch->obj_list`, so it leads to the patch.
    // SAFETY: By the safety requirements all lists are consistent and do not change.
    unsafe {
        let patch = entry::<bindings::klp_patch>(
            (*object).node.next,
            offset_of!(bindings::klp_patch, obj_list),
        );
        // `patch` is the last of the list, so what follows it is the head of the list.
        let head = (*patch).list.next;
        let mut node = (*head).next;
        while !ptr::eq(node, &raw mut (*patch).list) {
            let other = entry::<bindings::klp_patch>(node, offset_of!(bindings::klp_patch, list));
            refuse_common_function(object, other)?;
            node = (*node).next;
        }
    }
    Ok(())
}

/// Fails with `EBUSY` if `other` replaces a function of vmlinux that `object` replaces.
///
/// # Safety
///
/// Both are valid, initialised by the livepatch core, and `klp_mutex` is held.
unsafe fn refuse_common_function(
    object: *mut bindings::klp_object,
    other: *mut bindings::klp_patch,
) -> Result {
    // SAFETY: By the safety requirements the tables are valid and end in an entry without a name.
    unsafe {
        let objects = &raw mut (*other).obj_list;
        let mut node = (*objects).next;
        while !ptr::eq(node, objects) {
            let theirs =
                entry::<bindings::klp_object>(node, offset_of!(bindings::klp_object, node));
            node = (*node).next;
            if !(*theirs).name.is_null() {
                continue;
            }
            let functions = &raw mut (*theirs).func_list;
            let mut function = (*functions).next;
            while !ptr::eq(function, functions) {
                let their_function =
                    entry::<bindings::klp_func>(function, offset_of!(bindings::klp_func, node));
                function = (*function).next;
                let name = (*their_function).old_name;
                let mut ours = (*object).funcs;
                while !(*ours).old_name.is_null() {
                    if !(*their_function).nop && bindings::strcmp((*ours).old_name, name) == 0 {
                        pr_err!(
                            "livepatch {} replaces {}() already; disable it first\n",
                            text((*other).kobj.name),
                            text(name)
                        );
                        return Err(EBUSY);
                    }
                    ours = ours.add(1);
                }
            }
        }
    }
    Ok(())
}

/// A C string, to be printed.
///
/// # Safety
///
/// `string` is a valid C string for `'a`.
unsafe fn text<'a>(string: *const c_char) -> &'a BStr {
    // SAFETY: By the safety requirements.
    BStr::from_bytes(unsafe { slice::from_raw_parts(string, bindings::strlen(string)) })
}

/// `container_of()`: the `T` that holds `node` at `offset`.
///
/// # Safety
///
/// `node` is a member of a valid `T` at that offset.
unsafe fn entry<T>(node: *mut bindings::list_head, offset: usize) -> *mut T {
    // SAFETY: By the safety requirements.
    unsafe { node.byte_sub(offset).cast() }
}

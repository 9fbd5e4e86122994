// SPDX-License-Identifier: GPL-2.0

//! Files of text in debugfs that hold the module in memory while somebody has them open.
//!
//! The `kernel` crate has debugfs, too, but its files have no owner: the kernel then neither refuses
//! to unload a module whose file is open, nor can it close the file afterwards
//! (`docs/upstream.md`). Here the owner is the module, so that `open()` takes a reference to it and
//! the last `close()` gives it back.
//!
//! # Order
//!
//! A module that fails to initialise is freed whatever references there are. So files come last,
//! when nothing can fail any more, and go first.
//!
//! C headers: `include/linux/debugfs.h`, `include/linux/seq_file.h`

use core::ptr;
use kernel::{
    bindings,
    ffi::{
        c_int,
        c_void, //
    },
    fmt,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    str::CStr,
    types::Opaque, //
};

/// A file that root can read.
pub struct File {
    /// Its name in the directory.
    pub name: &'static CStr,
    /// Writes what it says at this moment. Runs in a task that may sleep.
    pub show: fn(&mut fmt::Formatter<'_>) -> fmt::Result,
}

/// A directory with files; dropping it removes them.
///
/// # Invariants
///
/// `dentry` is null, an error pointer, or a directory that debugfs made for us.
pub(crate) struct Dir {
    dentry: *mut bindings::dentry,
}

// SAFETY: The functions of debugfs may be called from any task, and lock.
unsafe impl Send for Dir {}
// SAFETY: As above; there is nothing to do with a reference.
unsafe impl Sync for Dir {}

impl Dir {
    /// The directory `name` with `files`. As everywhere in the kernel nothing fails if debugfs does:
    /// what it cannot make is not there. Sleeps.
    ///
    /// # Safety
    ///
    /// Called in the initialisation of the module, when nothing can fail any more. The directory is
    /// dropped before the module is gone.
    pub(crate) unsafe fn new(name: &CStr, files: &'static [File]) -> Self {
        // SAFETY: The name is a C string, which is copied.
        let dentry = unsafe { bindings::debugfs_create_dir(name.as_char_ptr(), ptr::null_mut()) };
        for file in files {
            let data = ptr::from_ref(file).cast_mut().cast::<c_void>();
            // SAFETY: The directory is one, or an error, which the function passes over. `OPERATIONS`
            // fits files whose data is a `File`. Both are in the module, which by the safety
            // requirements outlives the directory, and by its reference to the owner each open file.
            unsafe {
                bindings::debugfs_create_file_full(
                    file.name.as_char_ptr(),
                    0o400,
                    dentry,
                    data,
                    ptr::null(),
                    &OPERATIONS.0,
                );
            }
        }
        // INVARIANT: As debugfs returned it.
        Self { dentry }
    }
}

impl Drop for Dir {
    /// Waits for those who are reading at this moment.
    fn drop(&mut self) {
        // SAFETY: By the type invariant; null and errors are passed over.
        unsafe { bindings::debugfs_remove(self.dentry) };
    }
}

struct Operations(bindings::file_operations);

// SAFETY: Nobody writes them.
unsafe impl Sync for Operations {}

extern "C" {
    /// `THIS_MODULE`.
    static __this_module: Opaque<crate::bindings::module>;
}

static OPERATIONS: Operations = Operations(bindings::file_operations {
    // SAFETY: Only the address is taken.
    owner: unsafe { __this_module.get() }.cast(),
    open: Some(open),
    read: Some(bindings::seq_read),
    llseek: Some(bindings::seq_lseek),
    release: Some(bindings::single_release),
    ..pin_init::zeroed()
});

/// # Safety
///
/// Called by debugfs for a file made by [`Dir::new`].
unsafe extern "C" fn open(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: By the safety requirements; `show` gets what it asks for.
    unsafe { bindings::single_open(file, Some(show), (*inode).i_private) }
}

/// # Safety
///
/// Called by `seq_read()` for a file that [`open`] has opened.
unsafe extern "C" fn show(seq: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By the safety requirements the data is the `&'static File` of `Dir::new`, and nobody
    // else uses the `seq_file` meanwhile.
    let (file, seq) = unsafe { (&*(*seq).private.cast::<File>(), SeqFile::from_raw(seq)) };
    seq_print!(seq, "{}", Text(file));
    0
}

struct Text<'a>(&'a File);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0.show)(f)
    }
}

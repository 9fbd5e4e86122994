// SPDX-License-Identifier: GPL-2.0

//! Netlink: what a request is answered with.
//!
//! C header: `include/linux/netlink.h`

use crate::bindings;
use kernel::str::CStr;

/// The extended acknowledgement of a netlink request, `struct netlink_ext_ack`.
///
/// Control path only. Requests that did not ask for one (from inside the kernel) have none;
/// messages for them are discarded.
///
/// # Invariants
///
/// `ptr` is null or points to a `struct netlink_ext_ack` that is valid and ours to write.
pub struct ExtAck {
    ptr: *mut bindings::netlink_ext_ack,
}

impl ExtAck {
    /// # Safety
    ///
    /// `ptr` must be null or point to a `struct netlink_ext_ack` that nothing else accesses
    /// while the result lives.
    #[inline]
    pub(crate) unsafe fn from_raw(ptr: *mut bindings::netlink_ext_ack) -> Self {
        // INVARIANT: By the safety requirements.
        Self { ptr }
    }

    /// Sets the message that the sender of the request gets to read; `NL_SET_ERR_MSG_FMT()`. That of
    /// a request that succeeds is a warning, and shown as one by iproute2.
    ///
    /// The text is copied (and cut at 79 octets): netlink reads it after the behaviour has
    /// returned, when a module may be gone already.
    pub fn set_message(&mut self, message: &CStr) {
        if self.ptr.is_null() {
            return;
        }
        // SAFETY: By the type invariant.
        let extack = unsafe { &mut *self.ptr };
        // The last octet stays for the terminator.
        let Some((last, room)) = extack._msg_buf.split_last_mut() else {
            return;
        };
        *last = 0;
        for (to, from) in room.iter_mut().zip(message.to_bytes_with_nul()) {
            *to = *from;
        }
        extack._msg = extack._msg_buf.as_ptr();
        // SAFETY: The message is NUL-terminated; the function only traces it.
        unsafe { bindings::do_trace_netlink_extack(extack._msg) };
    }
}

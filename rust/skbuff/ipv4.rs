// SPDX-License-Identifier: GPL-2.0

//! The IPv4 header of a decapsulated packet.

use super::{
    state::{
        Decapsulated,
        Ipv4, //
    },
    DropReason, Dropped, SkBuff,
};
use crate::bindings;
use kernel::{
    error::code::ENOMEM,
    ffi::c_int, //
};

/// Length of an IPv4 header without options, in octets.
pub(super) const IPV4_HEADER_LEN: usize = 20;

impl SkBuff<Decapsulated> {
    /// Length of the packet if it is a TCP packet of over 65,535 octets made by GRO (BIG TCP),
    /// whose IPv4 total length is zero; `iph_totlen()`.
    #[inline]
    pub fn big_tcp_len(&self) -> Option<usize> {
        (self.gso_size() != 0 && self.gso_type() & bindings::SKB_GSO_TCPV4 as u32 != 0)
            .then(|| self.len())
    }

    /// Declares the IPv4 header valid: it is `header_len` octets long and the packet
    /// `total_len`, behind which padding is cut off.
    ///
    /// The packet is dropped if it is shorter than it says, or its header not linear.
    #[inline]
    pub fn into_ipv4(
        mut self,
        header_len: usize,
        total_len: usize,
    ) -> Result<SkBuff<Ipv4>, Dropped> {
        if header_len < IPV4_HEADER_LEN
            || header_len > self.linear().len()
            || total_len < header_len
            || total_len > self.len()
        {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        if total_len != self.len() {
            // SAFETY: By the type invariant; the new length is less than the present one.
            let err = unsafe { bindings::pskb_trim_rcsum_slow(self.as_ptr(), total_len as u32) };
            if err != 0 {
                return Err(self.drop_because(cannot_trim(err)));
            }
        }
        let transport_header = self.headroom().wrapping_add(header_len as u16);
        self.headers_mut().transport_header = transport_header;
        // INVARIANT: The header is linear, the transport header is set and the length is right.
        Ok(self.into_state())
    }
}

/// Why a packet cannot be trimmed: no memory, or the field of a checksum to be filled in is cut off.
#[cold]
fn cannot_trim(err: c_int) -> DropReason {
    if err == ENOMEM.to_errno() {
        DropReason::NOMEM
    } else {
        DropReason::PKT_TOO_SMALL
    }
}

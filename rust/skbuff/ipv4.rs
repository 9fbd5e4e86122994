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
pub(crate) const IPV4_HEADER_LEN: usize = 20;

impl SkBuff<Decapsulated> {
    /// Makes it an IPv4 packet: the header is `header_len` octets long and the packet `total_len`,
    /// behind which padding is cut off.
    ///
    /// The packet is dropped if its header does not say so, if it is shorter than it says, or if the
    /// header is not linear. What else is in it is not looked at.
    #[inline]
    pub fn into_ipv4(
        mut self,
        header_len: usize,
        total_len: usize,
    ) -> Result<SkBuff<Ipv4>, Dropped> {
        if !self.says(header_len, total_len)
            || header_len < IPV4_HEADER_LEN
            || header_len > self.linear().len()
            || total_len < header_len
        {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        if total_len != self.len() {
            self = self.trim(total_len)?;
        }
        // SAFETY: Just checked; the packet is now as long as the header says.
        Ok(unsafe { self.behind_header(header_len) })
    }

    /// Cuts off what is behind `len` octets. The packet is dropped if it is not that long.
    #[cold]
    fn trim(self, len: usize) -> Result<Self, Dropped> {
        if len > self.len() {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        // SAFETY: By the type invariant; the new length is not more than the present one.
        match unsafe { bindings::pskb_trim_rcsum_slow(self.as_ptr(), len as u32) } {
            0 => Ok(self),
            err => Err(self.drop_because(cannot_trim(err))),
        }
    }

    /// The same for a TCP packet of over 65,535 octets made by GRO (BIG TCP), whose total length is
    /// zero and which is as long as its buffer; `iph_totlen()`.
    ///
    /// Any other packet is given back.
    #[cold]
    pub fn into_big_tcp(self, header_len: usize) -> Result<SkBuff<Ipv4>, Self> {
        if !self.says(header_len, 0)
            || header_len < IPV4_HEADER_LEN
            || header_len > self.linear().len()
            || self.gso_size() == 0
            || self.gso_type() & bindings::SKB_GSO_TCPV4 as u32 == 0
        {
            return Err(self);
        }
        // SAFETY: Just checked.
        Ok(unsafe { self.behind_header(header_len) })
    }

    /// Whether the header says that it is `header_len` octets long and the packet `total_len`.
    #[inline]
    fn says(&self, header_len: usize, total_len: usize) -> bool {
        let Some(header) = self.linear().first_chunk::<IPV4_HEADER_LEN>() else {
            return false;
        };
        // In the terms of whoever has validated the header: the compiler then sees that nothing is
        // left to compare.
        let more_words = header[0].wrapping_sub(0x45);
        header_len == IPV4_HEADER_LEN + (usize::from(more_words) << 2)
            && total_len == usize::from(u16::from_be_bytes([header[2], header[3]]))
    }

    /// Sets the transport header.
    ///
    /// # Safety
    ///
    /// The IPv4 header is `header_len` octets long and linear, and the packet as long as it says.
    #[inline]
    unsafe fn behind_header(mut self, header_len: usize) -> SkBuff<Ipv4> {
        // By the invariant of `Decapsulated` the network header is where the packet begins.
        let headers = self.headers_mut();
        headers.transport_header = headers.network_header.wrapping_add(header_len as u16);
        // SAFETY: By the safety requirements, and the transport header was just set.
        unsafe { self.into_state() }
    }
}

/// Why a packet cannot be trimmed: no memory, or the field of a checksum to be filled in is cut off.
fn cannot_trim(err: c_int) -> DropReason {
    if err == ENOMEM.to_errno() {
        DropReason::NOMEM
    } else {
        DropReason::PKT_TOO_SMALL
    }
}

// SPDX-License-Identifier: GPL-2.0

//! The header of a decapsulated packet.

use super::{
    state::{
        Decapsulated,
        Valid, //
    },
    DropReason, Dropped, SkBuff,
};
use crate::{
    bindings,
    family::Family, //
};
use kernel::{
    error::code::ENOMEM,
    ffi::c_int, //
};

impl<F: Family> SkBuff<Decapsulated<F>> {
    /// Makes it a packet of `F`: the header is `header_len` octets long and the packet `total_len`,
    /// behind which padding is cut off.
    ///
    /// The packet is dropped if its header does not say so, if it is shorter than it says, or if the
    /// header is not linear. What else is in it is not looked at.
    #[inline]
    pub fn into_valid(
        mut self,
        header_len: usize,
        total_len: usize,
    ) -> Result<SkBuff<Valid<F>>, Dropped> {
        if !self.says(header_len, total_len)
            || header_len < F::HEADER_LEN
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

    /// The same for a packet of over 65,535 octets, whose header has 0 for its length: a TCP packet made
    /// by GRO (BIG TCP), or an IPv6 packet with a hop-by-hop header, which may say how long it is
    /// (RFC 2675). It is as long as its buffer; `iph_totlen()`, `ipv6_payload_len()`.
    ///
    /// Any other packet is given back.
    #[cold]
    pub fn into_oversized(self, header_len: usize) -> Result<SkBuff<Valid<F>>, Self> {
        if !self.says(header_len, F::OVERSIZED)
            || header_len < F::HEADER_LEN
            || header_len > self.linear().len()
            || !(self.is_tcp_aggregate::<F>() || F::may_be_jumbogram(self.linear()))
        {
            return Err(self);
        }
        // SAFETY: Just checked.
        Ok(unsafe { self.behind_header(header_len) })
    }

    /// Whether the header says that it is `header_len` octets long and the packet `total_len`.
    #[inline]
    fn says(&self, header_len: usize, total_len: usize) -> bool {
        F::lengths(self.linear())
            .is_some_and(|says| header_len == says.header && total_len == says.total)
    }

    /// Sets the transport header.
    ///
    /// # Safety
    ///
    /// The header is `header_len` octets long and linear, and the packet as long as it says.
    #[inline]
    unsafe fn behind_header(mut self, header_len: usize) -> SkBuff<Valid<F>> {
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

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

impl SkBuff<Ipv4> {
    /// Sets the ECN field of the header to `ecn` (two bits) and corrects its checksum.
    ///
    /// The packet is dropped if its data is shared and there is no memory for a copy.
    pub fn set_ecn(self, ecn: u8) -> Result<Self, Dropped> {
        // SAFETY: By the type invariant; the header is not longer than the packet.
        if unsafe { bindings::skb_ensure_writable(self.as_ptr(), IPV4_HEADER_LEN as u32) } != 0 {
            return Err(self.drop_because(DropReason::NOMEM));
        }
        // SAFETY: The header is linear by the type invariant, and was just made our own.
        let header = unsafe { &mut *self.raw().data.cast::<[u8; IPV4_HEADER_LEN]>() };
        let old = u16::from_be_bytes([header[0], header[1]]);
        let new = (old & !3) | u16::from(ecn & 3);
        header[1] = new as u8;

        // RFC 1624: HC' = ~(~HC + ~m + m'). A CHECKSUM_COMPLETE sum stays right, since the
        // header as a whole still sums up to the same.
        let sum = u16::from_be_bytes([header[10], header[11]]);
        let mut folded = u32::from(!sum) + u32::from(!old) + u32::from(new);
        folded = (folded & 0xffff) + (folded >> 16);
        folded = (folded & 0xffff) + (folded >> 16);
        let [high, low] = (!(folded as u16)).to_be_bytes();
        header[10] = high;
        header[11] = low;
        Ok(self)
    }
}

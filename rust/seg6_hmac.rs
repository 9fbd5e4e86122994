// SPDX-License-Identifier: GPL-2.0

//! The HMAC of segment routing headers, RFC 8754 §2.1.2.
//!
//! C header: `include/net/seg6_hmac.h`

use crate::{
    bindings,
    skbuff::{
        state::Outer,
        SkBuff, //
    },
};

impl SkBuff<Outer> {
    /// Checks the HMAC TLV of the segment routing header `srh_offset` octets from the IPv6
    /// header, as the sysctl `seg6_require_hmac` of the ingress device demands;
    /// `seg6_hmac_validate_skb()`.
    ///
    /// The caller has made the header linear; one that is not all there fails. Whether it has an HMAC
    /// the C function decides by its own rules; it accepts one without if the sysctl is 0.
    /// It does not compare the destination address with the segment list (RFC 8754 §2.1.2.1).
    ///
    /// Packet path only: looks up the key under RCU.
    #[inline]
    pub fn has_valid_hmac(&mut self, srh_offset: usize) -> bool {
        if !is_whole(self.linear(), srh_offset) {
            return false;
        }
        // The C function takes the header at the transport header for the SRH. The IPv6 stack
        // leaves that behind the IPv6 or hop-by-hop header, whatever follows there.
        self.set_outer_transport_header(srh_offset as u16);
        // SAFETY: The buffer is ours, and at its transport header is a header that is linear by its
        // own length, which the function stays within.
        unsafe { bindings::seg6_hmac_validate_skb(self.as_ptr()) }
    }
}

/// Whether `data` has all of the header at `offset`, by its own Hdr Ext Len.
pub(crate) fn is_whole(data: &[u8], offset: usize) -> bool {
    match data.get(offset..) {
        Some(header @ &[_, len, ..]) => header.len() >= (usize::from(len) + 1) << 3,
        _ => false,
    }
}

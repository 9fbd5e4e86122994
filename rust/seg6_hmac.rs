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
    /// The caller has validated the segment routing header and made it linear.
    ///
    /// Packet path only: looks up the key under RCU.
    #[inline]
    pub fn has_valid_hmac(&mut self, srh_offset: u16) -> bool {
        // The C function takes the header at the transport header for the SRH. The IPv6 stack
        // leaves that behind the IPv6 or hop-by-hop header, whatever follows there.
        self.set_outer_transport_header(srh_offset);
        // SAFETY: The buffer is ours, and its transport header is at a linear SRH.
        unsafe { bindings::seg6_hmac_validate_skb(self.as_ptr()) }
    }
}

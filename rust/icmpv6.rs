// SPDX-License-Identifier: GPL-2.0

//! ICMPv6 errors in answer to a packet, RFC 4443.
//!
//! C header: `include/linux/icmpv6.h`

use crate::{
    bindings,
    rcu::ReadSection,
    skbuff::{
        state::Ipv6Packet,
        SkBuff, //
    },
};
use core::ptr;

/// Code of a Parameter Problem, RFC 4443 §3.4.
#[derive(Clone, Copy)]
pub struct ParameterProblem(u8);

impl ParameterProblem {
    /// Erroneous header field encountered.
    pub const HEADER_FIELD: Self = Self(bindings::ICMPV6_HDR_FIELD as u8);
    /// Unrecognized IPv6 option encountered.
    pub const UNKNOWN_OPTION: Self = Self(bindings::ICMPV6_UNK_OPTION as u8);
    /// SR Upper-layer Header Error, RFC 8986 §10.3. The kernel has no name for it.
    pub const SR_UPPER_LAYER_HEADER: Self = Self(4);
}

impl<S: Ipv6Packet> SkBuff<S> {
    /// Tells the source of the packet what is wrong with it, `pointer` octets from its IPv6
    /// header; `icmpv6_param_prob()`.
    ///
    /// The kernel limits the rate (`net.ipv6.icmp.ratelimit`), chooses the source address and the
    /// way back, and keeps silent where RFC 4443 §2.4(e) demands it.
    ///
    /// Packet path only.
    #[cold]
    pub fn send_parameter_problem(
        &mut self,
        code: ParameterProblem,
        pointer: usize,
        _rcu: ReadSection<'_>,
    ) {
        let skb = self.as_ptr();
        // SAFETY: The buffer is ours, an IPv6 packet with its network header set and an
        // `inet6_skb_parm` as its control block. The function reads them, and may exchange the
        // source address with that of a Home Address option (`mip6_addr_swap()`); nobody has a
        // view of the data meanwhile, since we borrow the buffer mutably.
        unsafe {
            bindings::icmp6_send(
                skb,
                bindings::ICMPV6_PARAMPROB as u8,
                code.0,
                pointer as u32,
                ptr::null(),
                (&raw const (*skb).cb).cast(),
            );
        }
    }
}

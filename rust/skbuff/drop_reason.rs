// SPDX-License-Identifier: GPL-2.0

//! Reasons for dropping a packet, as `drop_monitor` and the `skb:kfree_skb` tracepoint show them.

use crate::bindings;
use core::num::NonZeroU32;

/// One of `enum skb_drop_reason`.
///
/// The kernel lets only its own subsystems register further reasons
/// (`enum skb_drop_reason_subsys`), so these are all there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DropReason(NonZeroU32);

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $c:ident,)*) => {
        impl DropReason {
            $($(#[$doc])* pub const $name: Self = Self(NonZeroU32::new(bindings::$c).unwrap());)*
        }
    };
}

reasons! {
    /// No reason is known.
    NOT_SPECIFIED = SKB_DROP_REASON_NOT_SPECIFIED,
    /// The packet is shorter than its headers say.
    PKT_TOO_SMALL = SKB_DROP_REASON_PKT_TOO_SMALL,
    /// IPv4 header checksum.
    IP_CSUM = SKB_DROP_REASON_IP_CSUM,
    /// IPv4 header is malformed.
    IP_INHDR = SKB_DROP_REASON_IP_INHDR,
    /// Nobody takes this upper-layer protocol.
    IP_NOPROTO = SKB_DROP_REASON_IP_NOPROTO,
    /// The address is not one of ours, and we do not forward.
    IP_INADDRERRORS = SKB_DROP_REASON_IP_INADDRERRORS,
    /// No route.
    IP_INNOROUTES = SKB_DROP_REASON_IP_INNOROUTES,
    /// Reverse path filter.
    IP_RPFILTER = SKB_DROP_REASON_IP_RPFILTER,
    /// The source address is one of ours.
    IP_LOCAL_SOURCE = SKB_DROP_REASON_IP_LOCAL_SOURCE,
    /// The source address may not be one.
    IP_INVALID_SOURCE = SKB_DROP_REASON_IP_INVALID_SOURCE,
    /// A loopback address from outside.
    IP_LOCALNET = SKB_DROP_REASON_IP_LOCALNET,
    /// The destination address may not be one.
    IP_INVALID_DEST = SKB_DROP_REASON_IP_INVALID_DEST,
    /// RFC 6040: congestion was experienced, but the inner packet cannot say so.
    IP_TUNNEL_ECN = SKB_DROP_REASON_IP_TUNNEL_ECN,
    /// An IPv6 extension header is malformed or not acceptable.
    IPV6_BAD_EXTHDR = SKB_DROP_REASON_IPV6_BAD_EXTHDR,
    /// More IPv6 extension headers than the kernel walks.
    IPV6_TOO_MANY_EXTHDRS = SKB_DROP_REASON_IPV6_TOO_MANY_EXTHDRS,
    /// Nobody takes such packets.
    UNHANDLED_PROTO = SKB_DROP_REASON_UNHANDLED_PROTO,
    /// The device is not there or not usable.
    DEV_READY = SKB_DROP_REASON_DEV_READY,
    /// A security policy forbids it.
    SECURITY_HOOK = SKB_DROP_REASON_SECURITY_HOOK,
    /// No memory.
    NOMEM = SKB_DROP_REASON_NOMEM,
}

impl DropReason {
    /// A reason that the C side gave; 0 is none.
    #[inline]
    pub(crate) fn from_raw(reason: u32) -> Option<Self> {
        NonZeroU32::new(reason).map(Self)
    }

    /// The value of `enum skb_drop_reason`.
    #[inline]
    pub(crate) fn as_raw(self) -> u32 {
        self.0.get()
    }
}

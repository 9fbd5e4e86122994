// SPDX-License-Identifier: GPL-2.0

//! Routing of received packets.

mod ipv4;
mod ipv6;

pub use ipv4::Header;
pub use ipv6::HopByHop;

use crate::{
    bindings,
    family::Family,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        Delivered,
        DropReason,
        Dropped,
        SkBuff, //
    },
};
use kernel::prelude::*;

impl<F: Family> SkBuff<Received<F>> {
    /// Whether nothing is attached to the packet that its routing could depend on: no route, which a
    /// tunnel's metadata looks like, and no extension, like a path through IPsec.
    #[inline]
    pub fn is_bare(&self) -> bool {
        self.refdst() == 0 && !self.has_extensions()
    }
}

impl<F: Family> SkBuff<Routed<F>> {
    /// The route, whose fields others may write.
    #[inline]
    fn dst(&self) -> *const bindings::dst_entry {
        (self.refdst() & !bindings::SKB_DST_NOREF) as *const bindings::dst_entry
    }

    /// `dst->error`: an error number, positive in input routes of IPv4, negative in those of IPv6, or 0.
    #[inline]
    fn dst_error(&self) -> i32 {
        // SAFETY: By the invariant of `Routed` a route is attached; RCU or the reference that the
        // buffer owns keeps it. The field does not change once the route can be found.
        i32::from(unsafe { (*self.dst()).error })
    }

    /// Whether the route is one that refuses: delivering frees the packet and answers with an
    /// ICMP or ICMPv6 destination unreachable.
    #[inline]
    pub fn is_unroutable(&self) -> bool {
        self.dst_error() != 0
    }

    /// Passes the packet on along its route: forward, deliver locally, or refuse; `dst_input()`.
    #[inline]
    pub fn deliver(self) -> Result<Delivered, Dropped> {
        // SAFETY: A route is attached, as above. The field is written when the route's device goes;
        // there is an input function at any time, one for packets with this route, which takes over
        // the buffer.
        Delivered::by_next_layer(unsafe {
            let input = read_once(&raw const (*self.dst()).input);
            input.unwrap_unchecked()(self.into_raw())
        })
    }

    /// Lets the route refuse the packet, which frees it and sends the error; `ip_error()`,
    /// `ip6_pkt_discard()`.
    #[cold]
    pub fn refuse(self, rcu: ReadSection<'_>) -> Dropped {
        // A route that was made to refuse has no reason of its own in the kernel.
        let reason = match self.dst_error().wrapping_abs() {
            bindings::ENETUNREACH => DropReason::IP_INNOROUTES,
            // Also of a route that was made to refuse, but where nothing is forwarded it does not
            // come to that.
            bindings::EHOSTUNREACH if !F::forwards(self.dev(rcu), rcu) => {
                DropReason::IP_INADDRERRORS
            }
            _ => DropReason::NOT_SPECIFIED,
        };
        let _ = self.deliver();
        Dropped::elsewhere(reason)
    }
}

// SPDX-License-Identifier: GPL-2.0

//! IPv4 routing of received packets.
//!
//! C header: `include/net/route.h`

use kernel::prelude::*;

use crate::{
    bindings,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        Delivered, DropReason, Dropped, SkBuff,
    }, //
};

impl SkBuff<Received> {
    /// Finds the way of the packet in the table of the device it was received on, and reads its
    /// options; `ip_route_input_noref()`, `ip_rcv_options()`.
    ///
    /// No reference to the route is taken: the RCU read-side section keeps it until the packet
    /// has been delivered. A packet without a route gets one that answers with an ICMP error,
    /// see [`SkBuff::<Routed>::is_unroutable`].
    #[inline]
    pub fn route(self, rcu: ReadSection<'_>) -> Result<SkBuff<Routed>, Dropped> {
        // The hooks may have changed the packet, so what was read before does not count.
        let Some(header) = self.linear().first_chunk::<20>() else {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        };
        let has_options = header[0] != 0x45;
        let [_, _, _, saddr, daddr] = words(header);
        let dscp = header[1] & bindings::INET_DSCP_MASK;
        // SAFETY: The buffer is ours and holds an IPv4 header at its network header, `rcu` is
        // evidence of the read-side section, for which `dev` stays allocated.
        let reason = unsafe {
            bindings::ip_route_input_noref(self.as_ptr(), daddr, saddr, dscp, self.raw_dev())
        };
        if reason != 0 {
            return Err(self.drop_because(DropReason::from_raw(reason)));
        }
        // SAFETY: On success a route is attached.
        let skb: SkBuff<Routed> = unsafe { self.into_state() };
        if has_options {
            // After routing: recording a route needs it, and so does telling the source that an
            // option is malformed.
            return skb.compile_options(rcu);
        }
        Ok(skb)
    }
}

impl SkBuff<Routed> {
    /// The route, whose fields others may write.
    #[inline]
    fn dst(&self) -> *const bindings::dst_entry {
        (self.refdst() & !bindings::SKB_DST_NOREF) as *const bindings::dst_entry
    }

    /// `dst->error`: an error number, positive in input routes, or 0.
    #[inline]
    fn dst_error(&self) -> i32 {
        // SAFETY: By the invariant of `Routed` a route is attached; RCU or the reference that the
        // buffer owns keeps it. The field does not change once the route can be found.
        i32::from(unsafe { (*self.dst()).error })
    }

    /// Whether the route is one that refuses: delivering frees the packet and answers with an
    /// ICMP destination unreachable.
    #[inline]
    pub fn is_unroutable(&self) -> bool {
        self.dst_error() != 0
    }

    /// Passes the packet on along its route: forward, deliver locally, or refuse; `dst_input()`.
    #[inline]
    pub fn deliver(self) -> Delivered {
        // SAFETY: A route is attached, as above. The field is written when the route's device goes;
        // there is an input function at any time, one for packets with this route, which takes over
        // the buffer.
        Delivered::new(unsafe {
            let input = read_once(&raw const (*self.dst()).input);
            input.unwrap_unchecked()(self.into_raw())
        })
    }

    /// Lets the route refuse the packet, which frees it and sends the ICMP error; `ip_error()`.
    #[cold]
    pub fn refuse(self, rcu: ReadSection<'_>) -> Dropped {
        // A route that was made to refuse has no reason of its own in the kernel.
        let reason = match self.dst_error() {
            bindings::ENETUNREACH => DropReason::IP_INNOROUTES,
            // Also of a route that was made to refuse, but where nothing is forwarded it does not
            // come to that.
            bindings::EHOSTUNREACH if !self.dev(rcu).forwards_ipv4() => DropReason::IP_INADDRERRORS,
            _ => DropReason::NOT_SPECIFIED,
        };
        self.deliver();
        Dropped::by_route(reason)
    }
}

/// The five words of an IPv4 header without options, in network byte order.
#[inline]
fn words(header: &[u8; 20]) -> [u32; 5] {
    let word =
        |i: usize| u32::from_ne_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
    [word(0), word(4), word(8), word(12), word(16)]
}

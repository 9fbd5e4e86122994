// SPDX-License-Identifier: GPL-2.0

//! IPv4 routing of received packets.
//!
//! C header: `include/net/route.h`

use crate::{
    bindings,
    family::{
        sealed::Family,
        Ipv4, //
    },
    fib::InputRoute,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        DropReason,
        Dropped,
        SkBuff, //
    },
};
use kernel::prelude::*;

/// What of the IPv4 header of a received packet its routing goes by.
#[derive(Clone, Copy)]
pub struct Header {
    /// In network byte order.
    pub source: u32,
    /// In network byte order.
    pub destination: u32,
    /// The DSCP as the field of the header, without ECN.
    pub dscp: u8,
    /// Whether there are options behind it.
    has_options: bool,
}

impl SkBuff<Received<Ipv4>> {
    /// What routing goes by; [`None`] if the header is not linear.
    ///
    /// The hooks may have changed the packet, so what was read before does not count.
    #[inline]
    pub fn header(&self) -> Option<Header> {
        let header = self.linear().first_chunk::<{ Ipv4::HEADER_LEN }>()?;
        let [_, _, _, source, destination] = words(header);
        Some(Header {
            source,
            destination,
            dscp: header[1] & bindings::INET_DSCP_MASK,
            has_options: header[0] != 0x45,
        })
    }

    /// Gives the packet a way that was found, and reads its options; `skb_dst_set_noref()`,
    /// `ip_rcv_options()`.
    ///
    /// No reference to the route is taken: the RCU read-side section keeps it until the packet has
    /// been delivered.
    #[inline]
    pub fn set_route<'rcu>(
        mut self,
        header: Header,
        route: InputRoute<'rcu>,
        rcu: ReadSection<'rcu>,
    ) -> Result<SkBuff<Routed<Ipv4>>, Dropped> {
        self.set_dst_noref(route.as_dst());
        // SAFETY: A route is attached, for as long as `rcu` lasts.
        unsafe { self.routed(header, rcu) }
    }

    /// Lets the kernel find the way of the packet, by the rules and in the tables for the device it
    /// was received on, and reads its options; `ip_route_input_noref()`, `ip_rcv_options()`.
    ///
    /// A packet without a route gets one that answers with an ICMP error, see
    /// [`SkBuff::<Routed<Ipv4>>::is_unroutable`].
    #[inline]
    pub fn route(
        self,
        header: Header,
        rcu: ReadSection<'_>,
    ) -> Result<SkBuff<Routed<Ipv4>>, Dropped> {
        match DropReason::from_raw(self.ask_route(header, rcu)) {
            // SAFETY: On success a route is attached, by a reference or for as long as `rcu` lasts.
            None => unsafe { self.routed(header, rcu) },
            Some(reason) => Err(self.drop_because(reason)),
        }
    }

    #[inline(always)]
    fn ask_route(&self, header: Header, _rcu: ReadSection<'_>) -> bindings::skb_drop_reason {
        // SAFETY: The buffer is ours and holds an IPv4 header at its network header, `_rcu` is
        // evidence of the read-side section, for which `dev` stays allocated.
        unsafe {
            bindings::ip_route_input_noref(
                self.as_ptr(),
                header.destination,
                header.source,
                header.dscp,
                self.raw_dev(),
            )
        }
    }

    /// Whether the kernel, asked now, finds `route` for the packet, and marks it in no way. Leaves it
    /// without a route. For debugging.
    pub fn kernel_agrees(
        &mut self,
        header: Header,
        route: InputRoute<'_>,
        rcu: ReadSection<'_>,
    ) -> bool {
        let flags = self.ipv4_flags();
        let agrees = self.ask_route(header, rcu) == 0
            && self.refdst() & !bindings::SKB_DST_NOREF == route.as_dst() as usize
            && self.ipv4_flags() == flags;
        self.set_ipv4_flags(flags);
        self.drop_dst();
        agrees
    }

    /// Reads the options, if there are any.
    ///
    /// # Safety
    ///
    /// A route is attached, by a reference or for as long as the read-side section lasts.
    #[inline(always)]
    unsafe fn routed(
        self,
        header: Header,
        rcu: ReadSection<'_>,
    ) -> Result<SkBuff<Routed<Ipv4>>, Dropped> {
        // SAFETY: By the safety requirements.
        let skb: SkBuff<Routed<Ipv4>> = unsafe { self.into_state() };
        if header.has_options {
            // After routing: recording a route needs it, and so does telling the source that an
            // option is malformed.
            return skb.compile_options(rcu);
        }
        Ok(skb)
    }
}

/// The five words of an IPv4 header without options, in network byte order.
#[inline]
fn words(header: &[u8; Ipv4::HEADER_LEN]) -> [u32; 5] {
    let word =
        |i: usize| u32::from_ne_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
    [word(0), word(4), word(8), word(12), word(16)]
}

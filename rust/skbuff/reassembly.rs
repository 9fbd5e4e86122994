// SPDX-License-Identifier: GPL-2.0

//! Reassembly of fragmented outer packets, RFC 8200 §4.5.
//!
//! The kernel's own, which local delivery uses: with its queues, its limits for each namespace
//! (`net.ipv6.ip6frag_*`), its time-out, its ICMPv6 errors and its counters (`Ip6Reasm*`). A fragment
//! that waits there has nothing of this module, so it may be unloaded meanwhile.
//!
//! C source: `net/ipv6/reassembly.c`

use super::{
    state::Outer,
    Delivered,
    DropReason,
    Dropped,
    SkBuff, //
};
use crate::{
    bindings,
    rcu::ReadSection, //
};
use kernel::{
    error::code::EINPROGRESS,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

/// Length of an IPv6 header, in octets.
const IPV6_HEADER_LEN: usize = 40;

/// What became of a fragment.
pub enum Reassembly {
    /// It was the last one that was missing; this is the whole packet, without fragment header.
    Whole(SkBuff<Outer>),
    /// The kernel keeps it until the others have come, or until its time is over.
    Waiting(Delivered),
}

impl SkBuff<Outer> {
    /// Gives a fragment to the kernel's reassembly; `ipv6_frag_rcv()`.
    ///
    /// Its fragment header is `header` octets from its IPv6 header, and the Next Header field which
    /// announces that, `announced_at` octets. The whole packet has the headers of the first fragment,
    /// and the ingress device and the route of the last one to come.
    ///
    /// A fragment that overlaps another one, that is beyond the limits, or that does not fit is
    /// dropped, and so is one of a packet that was reassembled already. The kernel frees it with a
    /// reason of its own, and tells the source where RFC 8200 §4.5 wants it to be told.
    ///
    /// Packet path only. Takes the lock of the packet's queue, allocates memory within the limits.
    #[cold]
    pub fn reassemble(
        mut self,
        header: usize,
        announced_at: usize,
        _rcu: ReadSection<'_>,
    ) -> Result<Reassembly, Dropped> {
        let fits = self
            .payload_len()
            .is_some_and(|len| IPV6_HEADER_LEN + len == self.len())
            && header < self.len()
            && announced_at < header;
        if !fits {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        let Some(receive) = fragment_handler() else {
            return Err(self.drop_because(DropReason::IPV6_BAD_EXTHDR));
        };
        // Both fit, since no packet with a Payload Length is longer than that.
        self.set_outer_transport_header(header as u16);
        // SAFETY: Integers only.
        unsafe { self.cb::<bindings::inet6_skb_parm>() }.nhoff = announced_at as u16;

        let skb = self.into_raw();
        // SAFETY: The function takes over the buffer: an IPv6 packet as long as it says, with its
        // network header set, a route attached and an `inet6_skb_parm` as its control block, the
        // transport header within it. `_rcu` is evidence of the read-side section.
        let result = unsafe { receive(skb) };
        if result == 1 {
            // SAFETY: With this result the buffer is ours again, now the whole packet, with device
            // and route attached. Its data is behind the IPv6 and extension headers, where the
            // function has set the transport header; pushing them back makes it what `Outer` says.
            let mut whole = unsafe { Self::from_raw(skb) };
            whole.push_outer_headers();
            Ok(Reassembly::Whole(whole))
        } else if result == EINPROGRESS.to_errno() {
            Ok(Reassembly::Waiting(Delivered::new(0)))
        } else {
            Err(Dropped(DropReason::NOT_SPECIFIED))
        }
    }

    /// The Payload Length of the IPv6 header, if that is linear.
    fn payload_len(&self) -> Option<usize> {
        match self.linear() {
            [_, _, _, _, high, low, ..] => Some(usize::from(u16::from_be_bytes([*high, *low]))),
            _ => None,
        }
    }

    /// `skb_push()`: back to the network header, which lies before the data in the same memory.
    fn push_outer_headers(&mut self) {
        let len = self.headroom().wrapping_sub(self.headers().network_header);
        let skb = self.raw_mut();
        skb.data = skb.data.wrapping_sub(usize::from(len));
        skb.len = skb.len.wrapping_add(u32::from(len));
    }
}

type Handler = unsafe extern "C" fn(*mut bindings::sk_buff) -> kernel::ffi::c_int;

/// What receives fragments, `ipv6_frag_rcv()`.
fn fragment_handler() -> Option<Handler> {
    // SAFETY: The table is a static of the kernel, which sets this entry when it starts, and for
    // good. Its entries are RCU pointers to static structures.
    unsafe {
        let entry = &raw mut bindings::inet6_protos[bindings::NEXTHDR_FRAGMENT as usize];
        let protocol = Atomic::from_ptr(entry).load(Relaxed);
        protocol.as_ref()?.handler
    }
}

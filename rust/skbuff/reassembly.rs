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
    ffi::c_int,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

/// Lengths of an IPv6 header and of a fragment header, in octets.
const IPV6_HEADER_LEN: usize = 40;
const FRAGMENT_HEADER_LEN: usize = 8;

/// What the kernel returns for a fragment that it keeps.
const WAITING: c_int = -bindings::EINPROGRESS;

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
        let Some((header, announced_at)) = self.as_fragment(header, announced_at) else {
            return Err(self.drop_because(DropReason::IPV6_BAD_EXTHDR));
        };
        let Some(receive) = fragment_handler() else {
            return Err(self.drop_because(DropReason::NOT_SPECIFIED));
        };
        self.set_outer_transport_header(header);
        // SAFETY: Integers only.
        unsafe { self.cb::<bindings::inet6_skb_parm>() }.nhoff = announced_at;

        let skb = self.into_raw();
        // SAFETY: The function takes over the buffer: an IPv6 packet as long as it says, with its
        // network header set, a route attached and an `inet6_skb_parm` as its control block. Its
        // transport header is at a fragment header that is linear, and the octet that announces it
        // lies before that. `_rcu` is evidence of the read-side section.
        match unsafe { receive(skb) } {
            // SAFETY: With this result the buffer is ours again: now the whole packet, `data` at its
            // IPv6 header (`inet_frag_reasm_finish()`), with the route and a device attached.
            1 => Ok(Reassembly::Whole(unsafe { Self::from_raw(skb) })),
            WAITING => Ok(Reassembly::Waiting(Delivered::new())),
            _ => Err(Dropped(DropReason::NOT_SPECIFIED)),
        }
    }

    /// The two offsets as the kernel counts them, if there is a fragment header at `header` that is
    /// linear and behind the IPv6 header, announced before it, in a packet as long as it says.
    fn as_fragment(&self, header: usize, announced_at: usize) -> Option<(u16, u16)> {
        let data = self.linear();
        let &[_, _, _, _, high, low, ..] = data else {
            return None;
        };
        let payload_len = usize::from(u16::from_be_bytes([high, low]));
        let is_one = IPV6_HEADER_LEN + payload_len == self.len()
            && header >= IPV6_HEADER_LEN
            && data.get(header..)?.len() >= FRAGMENT_HEADER_LEN
            && announced_at < header;
        let header = u16::try_from(header).ok()?;
        // Header offsets count from the start of the buffer, with as many bits.
        self.headroom().checked_add(header)?;
        is_one.then_some((header, announced_at as u16))
    }
}

type Handler = unsafe extern "C" fn(*mut bindings::sk_buff) -> c_int;

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

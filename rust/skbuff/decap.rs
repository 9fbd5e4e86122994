// SPDX-License-Identifier: GPL-2.0

//! Taking the outer headers off.

use super::{
    state::{
        Decapsulated,
        Outer, //
    },
    DropReason, Dropped, SkBuff,
};
use crate::{
    bindings,
    family::Family, //
};

const ETHERNET_HEADER_LEN: usize = 14;

impl SkBuff<Outer> {
    /// Sets the transport header `offset` octets from the outer IPv6 header, where parts of the
    /// IPv6 stack expect the routing header.
    #[inline]
    pub(crate) fn set_outer_transport_header(&mut self, offset: u16) {
        let offset = self.headroom().wrapping_add(offset);
        self.headers_mut().transport_header = offset;
    }

    /// Removes the first `len` octets: the outer IPv6 header and its extension headers.
    ///
    /// Follows `decap_and_validate()` and `end_dt_vrf_core()`: checksum state, offloads, control
    /// block, route and conntrack. What else must not get into the inner
    /// packet goes too, see `docs/packet-path.md`.
    ///
    /// The packet is dropped if those octets are not linear, or if there is no memory.
    #[inline(always)]
    pub fn decapsulate<F: Family>(
        mut self,
        len: usize,
    ) -> Result<SkBuff<Decapsulated<F>>, Dropped> {
        if len > self.linear().len() {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        self = self.pull_rcsum(len as u32);
        self.unset_mac_header();
        self = self.pull_offloads(F::ETHER_TYPE)?;
        // Nothing of the outer one stays: the device that receives the inner packet is the one that it
        // comes in by, and marks it as a slave's.
        F::init_control_block(&mut self);
        self.drop_dst();
        self.reset_conntrack();
        self.scrub();

        let network_header = self.headroom();
        let headers = self.headers_mut();
        headers.network_header = network_header;
        headers.protocol = F::ETHER_TYPE.to_be();
        // SAFETY: All that `Decapsulated` asks for was done above.
        Ok(unsafe { self.into_state() })
    }

    /// `__skb_pull()` and `skb_postpull_rcsum()`. `len` is not more than the linear part.
    #[inline]
    fn pull_rcsum(mut self, len: u32) -> Self {
        let start = self.raw().data;
        let skb = self.raw_mut();
        skb.len = skb.len.wrapping_sub(len);
        skb.data = start.wrapping_add(len as usize);

        // The bit of the two states that know a sum, COMPLETE and PARTIAL.
        if u32::from(self.headers().ip_summed()) & bindings::CHECKSUM_COMPLETE != 0 {
            return self.update_checksum(start, len);
        }
        self
    }

    /// Takes the `len` octets from `start` on, which were just pulled, out of the checksum.
    #[cold]
    fn update_checksum(mut self, start: *const u8, len: u32) -> Self {
        if u32::from(self.headers().ip_summed()) == bindings::CHECKSUM_COMPLETE {
            // SAFETY: By the type invariant; the only caller has just pulled the octets.
            unsafe { bindings::skb_postpull_rcsum(self.as_ptr(), start.cast(), len) };
        } else if self.csum_start() < self.headroom() {
            // The checksum to be completed was one of the headers that are gone.
            self.headers_mut()
                .set_ip_summed(bindings::CHECKSUM_NONE as u8);
        }
        self
    }

    /// `iptunnel_pull_offloads()`; the packet is dropped if there is no memory to unclone the buffer.
    #[inline]
    fn pull_offloads(mut self, ether_type: u16) -> Result<Self, Dropped> {
        if self.gso_size() == 0 {
            self.headers_mut().set_encapsulation(0);
            return Ok(self);
        }
        self.pull_offloads_of_aggregate(ether_type)
    }

    #[cold]
    fn pull_offloads_of_aggregate(mut self, ether_type: u16) -> Result<Self, Dropped> {
        // SAFETY: By the type invariant.
        if unsafe { bindings::iptunnel_pull_offloads(self.as_ptr()) } != 0 {
            return Err(self.drop_because(DropReason::NOMEM));
        }
        if self.gso_type() & bindings::SKB_GSO_UDP_L4 as u32 != 0 {
            self.make_mac_header(ether_type);
        }
        Ok(self)
    }

    /// Gives an aggregate of UDP datagrams an Ethernet header, without addresses:
    /// `udp_queue_rcv_skb()`, which takes it apart for a socket, begins there, and goes astray if
    /// there is none. The buffer has been uncloned.
    fn make_mac_header(&mut self, ether_type: u16) {
        let Some(offset) = self.headroom().checked_sub(ETHERNET_HEADER_LEN as u16) else {
            return;
        };
        let mut header = [0; ETHERNET_HEADER_LEN];
        header[12..].copy_from_slice(&ether_type.to_be_bytes());
        // SAFETY: There is as much headroom, as was just checked; the only caller has uncloned the
        // buffer, so it is our own.
        unsafe {
            *self.raw().head.add(usize::from(offset)).cast() = header;
        }
        self.raw_mut().mac_len = ETHERNET_HEADER_LEN as u16;
        self.headers_mut().mac_header = offset;
    }

    /// What must not get into the inner packet: extensions (IPsec's path, the bridge's memory) and a
    /// hash of the outer one; `skb_ext_reset()`, `skb_clear_hash()`.
    ///
    /// A hash that the kernel computed is one of the outer packet even if it calls itself one of the
    /// transport: a flow label makes it that (`flow_keys_have_l4()`). A device's may have looked
    /// deeper.
    #[inline]
    fn scrub(&mut self) {
        if self.has_extensions() {
            // SAFETY: By the type invariant.
            unsafe { bindings::skb_ext_reset(self.as_ptr()) };
        }
        let headers = self.headers_mut();
        if headers.hash != 0 && (headers.l4_hash() == 0 || headers.sw_hash() != 0) {
            headers.hash = 0;
            headers.set_l4_hash(0);
            headers.set_sw_hash(0);
        }
    }

    /// `nf_reset_ct()`.
    #[inline]
    fn reset_conntrack(&mut self) {
        if self.raw()._nfct != 0 {
            // SAFETY: By the type invariant.
            unsafe { bindings::nf_reset_ct(self.as_ptr()) };
        }
    }
}

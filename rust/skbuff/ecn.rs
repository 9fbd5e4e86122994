// SPDX-License-Identifier: GPL-2.0

//! The ECN field of the IPv4 header, or of many: GRO may have chained packets together, each with
//! a header of its own (`rx-gro-list`).

use super::{
    ipv4::IPV4_HEADER_LEN,
    state::Ipv4,
    DropReason,
    Dropped,
    SkBuff, //
};
use crate::bindings;
use core::mem::ManuallyDrop;

/// State of a buffer that `skb_gro_receive_list()` has chained to another: its headers are in front
/// of `data`, and what matters of them has been compared with those of the first.
enum Chained {}

impl SkBuff<Ipv4> {
    /// Sets the ECN field of the header to `ecn` (two bits) and corrects its checksum; those of all
    /// packets in a chain.
    ///
    /// The packet is dropped if its data is shared and there is no memory for a copy.
    pub fn set_ecn(mut self, ecn: u8) -> Result<Self, Dropped> {
        // SAFETY: By the type invariant; the header is not longer than the packet.
        if unsafe { bindings::skb_ensure_writable(self.as_ptr(), IPV4_HEADER_LEN as u32) } != 0 {
            return Err(self.drop_because(DropReason::NOMEM));
        }
        // SAFETY: The header is linear by the type invariant, and was just made our own.
        set(unsafe { &mut *self.raw().data.cast() }, ecn);
        if self.gso_type() & bindings::SKB_GSO_FRAGLIST as u32 != 0 {
            if let Err(reason) = self.set_ecn_of_chain(ecn) {
                return Err(self.drop_because(reason));
            }
        }
        Ok(self)
    }

    /// Sets the field of all packets but the first.
    ///
    /// Others may hold the same packets (a sniffer): these are replaced by copies, as in
    /// `skb_segment_list()`.
    #[cold]
    fn set_ecn_of_chain(&mut self, ecn: u8) -> Result<(), DropReason> {
        // SAFETY: By the type invariant.
        if unsafe { bindings::skb_cow(self.as_ptr(), 0) } != 0 {
            return Err(DropReason::NOMEM);
        }
        let mut link = self.frag_list();
        loop {
            // SAFETY: `link` is the head of the list, in shared info that was just made our own, or
            // the `next` of a packet that is our own.
            let packet = unsafe { *link };
            if packet.is_null() {
                return Ok(());
            }
            // SAFETY: As above. The list owns a reference to each of its packets, shared or not.
            // After the first call the one to `packet` is given up for one to a packet that is only
            // ours, if that differs; null if there is no memory. `next` was read before that.
            let mut packet = unsafe {
                let next = (*packet).__bindgen_anon_1.__bindgen_anon_1.next;
                let own = bindings::skb_share_check(packet);
                if own.is_null() {
                    *link = next;
                    return Err(DropReason::NOMEM);
                }
                (*own).__bindgen_anon_1.__bindgen_anon_1.next = next;
                *link = own;
                // The list keeps owning it.
                ManuallyDrop::new(SkBuff::<Chained>::from_raw(own))
            };
            packet.set_ecn(ecn)?;
            link = packet.next();
        }
    }
}

impl SkBuff<Chained> {
    fn set_ecn(&mut self, ecn: u8) -> Result<(), DropReason> {
        // SAFETY: By the type invariant; nobody else holds the buffer.
        if unsafe { bindings::skb_cow(self.as_ptr(), 0) } != 0 {
            return Err(DropReason::NOMEM);
        }
        let offset = usize::from(self.headers().network_header);
        if offset + IPV4_HEADER_LEN > usize::from(self.headroom()) {
            return Err(DropReason::PKT_TOO_SMALL);
        }
        // SAFETY: The header lies between `head` and `data`, and was just made our own.
        set(unsafe { &mut *self.raw().head.add(offset).cast() }, ecn);
        Ok(())
    }
}

/// Sets the ECN field of a header and corrects its checksum.
#[inline]
fn set(header: &mut [u8; IPV4_HEADER_LEN], ecn: u8) {
    let old = u16::from_be_bytes([header[0], header[1]]);
    let new = (old & !3) | u16::from(ecn & 3);
    header[1] = new as u8;

    // RFC 1624: HC' = ~(~HC + ~m + m'). A CHECKSUM_COMPLETE sum stays right, since the
    // header as a whole still sums up to the same.
    let sum = u16::from_be_bytes([header[10], header[11]]);
    let mut folded = u32::from(!sum) + u32::from(!old) + u32::from(new);
    folded = (folded & 0xffff) + (folded >> 16);
    folded = (folded & 0xffff) + (folded >> 16);
    let [high, low] = (!(folded as u16)).to_be_bytes();
    header[10] = high;
    header[11] = low;
}

// SPDX-License-Identifier: GPL-2.0

//! The ECN field of the inner header, or of many: GRO may have chained packets together, each with
//! a header of its own (`rx-gro-list`).

use super::{
    state::Valid,
    DropReason,
    Dropped,
    SkBuff, //
};
use crate::{
    bindings,
    family::Family, //
};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    slice, //
};

/// State of a buffer that `skb_gro_receive_list()` has chained to another: its headers are in front
/// of `data`, and what matters of them has been compared with those of the first.
struct Chained<F>(PhantomData<F>);

impl<F: Family> SkBuff<Valid<F>> {
    /// Sets the ECN field of the header to `ecn` (two bits) and corrects its checksum, if it has one;
    /// those of all packets in a chain.
    ///
    /// The packet is dropped if its data is shared and there is no memory for a copy.
    pub fn set_ecn(mut self, ecn: u8) -> Result<Self, Dropped> {
        // SAFETY: By the type invariant; the header is not longer than the packet.
        if unsafe { bindings::skb_ensure_writable(self.as_ptr(), F::HEADER_LEN as u32) } != 0 {
            return Err(self.drop_because(DropReason::NOMEM));
        }
        // SAFETY: The header is linear by the type invariant, and was just made our own.
        let header = unsafe { slice::from_raw_parts_mut(self.raw().data, F::HEADER_LEN) };
        let change = F::set_ecn(header, ecn);
        self.change_sum(change);
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
                ManuallyDrop::new(SkBuff::<Chained<F>>::from_raw(own))
            };
            packet.set_ecn(ecn)?;
            link = packet.next();
        }
    }
}

impl<F: Family> SkBuff<Chained<F>> {
    fn set_ecn(&mut self, ecn: u8) -> Result<(), DropReason> {
        // SAFETY: By the type invariant; nobody else holds the buffer.
        if unsafe { bindings::skb_cow(self.as_ptr(), 0) } != 0 {
            return Err(DropReason::NOMEM);
        }
        let offset = usize::from(self.headers().network_header);
        if offset + F::HEADER_LEN > usize::from(self.headroom()) {
            return Err(DropReason::PKT_TOO_SMALL);
        }
        // SAFETY: The header lies between `head` and `data`, and was just made our own.
        let header =
            unsafe { slice::from_raw_parts_mut(self.raw().head.add(offset), F::HEADER_LEN) };
        let change = F::set_ecn(header, ecn);
        self.change_sum(change);
        Ok(())
    }
}

impl<S> SkBuff<S> {
    /// Corrects a sum over the packet, if there is one, of which a word was the first number and is the
    /// second one now; `csum_replace4()` of `CHECKSUM_COMPLETE`.
    fn change_sum(&mut self, change: Option<(u32, u32)>) {
        let Some((old, new)) = change else { return };
        if u32::from(self.headers().ip_summed()) == bindings::CHECKSUM_COMPLETE {
            // Ones' complement: what is carried out comes in again.
            let sum = u64::from(self.csum()) + u64::from(!old) + u64::from(new);
            let sum = (sum & 0xffff_ffff) + (sum >> 32);
            self.set_csum((sum + (sum >> 32)) as u32);
        }
    }
}

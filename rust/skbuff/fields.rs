// SPDX-License-Identifier: GPL-2.0

//! Access to the fields of `struct sk_buff` by name.
//!
//! bindgen gives anonymous structs and unions made-up names; they occur only here.

use super::SkBuff;
use crate::{
    bindings,
    family::Family, //
};
use core::mem::size_of;

/// The part of `struct sk_buff` that a clone inherits, `struct_group(headers)`.
type Headers = bindings::sk_buff__bindgen_ty_4__bindgen_ty_1;

/// `mac_header` of a buffer that has none; `skb_unset_mac_header()`.
const MAC_HEADER_UNSET: u16 = !0;

impl<S> SkBuff<S> {
    #[inline]
    pub(super) fn raw(&self) -> &bindings::sk_buff {
        // SAFETY: By the type invariant the buffer is valid and only we access it.
        unsafe { self.ptr.as_ref() }
    }

    #[inline]
    pub(super) fn raw_mut(&mut self) -> &mut bindings::sk_buff {
        // SAFETY: By the type invariant the buffer is valid and only we access it.
        unsafe { self.ptr.as_mut() }
    }

    #[inline]
    pub(crate) fn headers(&self) -> &Headers {
        // SAFETY: All members of the union have the same layout.
        unsafe { self.raw().__bindgen_anon_4.__bindgen_anon_1.as_ref() }
    }

    #[inline]
    pub(crate) fn headers_mut(&mut self) -> &mut Headers {
        // SAFETY: All members of the union have the same layout.
        unsafe { self.raw_mut().__bindgen_anon_4.__bindgen_anon_1.as_mut() }
    }

    #[inline]
    pub(crate) fn raw_dev(&self) -> *mut bindings::net_device {
        // SAFETY: On the receive path the union holds list pointers and the device.
        unsafe {
            self.raw()
                .__bindgen_anon_1
                .__bindgen_anon_1
                .__bindgen_anon_1
                .dev
        }
    }

    /// `skb->_skb_refdst`: the route, with [`bindings::SKB_DST_NOREF`] as the lowest bit.
    #[inline]
    pub(crate) fn refdst(&self) -> usize {
        // SAFETY: On the receive path the union holds the route.
        unsafe { self.raw().__bindgen_anon_3.__bindgen_anon_1._skb_refdst }
    }

    /// Attaches a route without a reference; `skb_dst_set_noref()`. There is none yet.
    ///
    /// The route has to stay as long as the buffer points to it.
    #[inline]
    pub(crate) fn set_dst_noref(&mut self, dst: *mut bindings::dst_entry) {
        // GRO asks this before it looks for what has to be given back. The outer route was attached in
        // the same way, so it is set as a rule.
        if self.headers().slow_gro() == 0 {
            self.headers_mut().set_slow_gro(1);
        }
        self.raw_mut().__bindgen_anon_3.__bindgen_anon_1._skb_refdst =
            dst as usize | bindings::SKB_DST_NOREF;
    }

    /// Whether a socket is attached.
    #[inline]
    pub(crate) fn has_socket(&self) -> bool {
        !self.raw().sk.is_null()
    }

    /// `skb->mark`
    #[inline]
    pub(crate) fn mark(&self) -> u32 {
        // SAFETY: On the receive path the union holds the mark.
        unsafe { self.headers().__bindgen_anon_4.mark }
    }

    /// Whether the buffer has extensions, an IPsec path for one.
    #[inline]
    pub(crate) fn has_extensions(&self) -> bool {
        self.raw().active_extensions != 0
    }

    /// Takes the route off; `skb_dst_drop()`.
    #[inline]
    pub(crate) fn drop_dst(&mut self) {
        let refdst = self.refdst();
        self.raw_mut().__bindgen_anon_3.__bindgen_anon_1._skb_refdst = 0;
        if refdst & bindings::SKB_DST_NOREF == 0 {
            // SAFETY: Without the flag the buffer owned a reference to the route, or had none.
            unsafe { bindings::dst_release(refdst as *mut bindings::dst_entry) };
        }
    }

    /// Offset of `data` from `head`, as the header offsets count; `skb_headroom()`.
    #[inline]
    pub(super) fn headroom(&self) -> u16 {
        (self.raw().data as usize).wrapping_sub(self.raw().head as usize) as u16
    }

    /// `csum_start` of a buffer with `CHECKSUM_PARTIAL`, as the header offsets count.
    #[inline]
    pub(super) fn csum_start(&self) -> u16 {
        // SAFETY: Both members of the union are plain integers.
        unsafe { self.headers().__bindgen_anon_1.__bindgen_anon_1.csum_start }
    }

    /// `skb->csum`, of a buffer with `CHECKSUM_COMPLETE`.
    #[inline]
    pub(super) fn csum(&self) -> u32 {
        // SAFETY: Both members of the union are plain integers.
        unsafe { self.headers().__bindgen_anon_1.csum }
    }

    #[inline]
    pub(super) fn set_csum(&mut self, csum: u32) {
        self.headers_mut().__bindgen_anon_1.csum = csum;
    }

    #[inline]
    pub(super) fn unset_mac_header(&mut self) {
        self.headers_mut().mac_header = MAC_HEADER_UNSET;
    }

    /// The control block as `T`, one of the views that the network layers have of it.
    ///
    /// # Safety
    ///
    /// `T` must be a C type that is valid for all bit patterns.
    #[inline]
    pub(crate) unsafe fn cb<T>(&mut self) -> &mut T {
        const { assert!(size_of::<T>() <= 48 && align_of::<T>() <= 8) };
        // SAFETY: `cb` has 48 octets with alignment 8, and by the safety requirements any content
        // is a `T`.
        unsafe { &mut *self.raw_mut().cb.as_mut_ptr().cast() }
    }

    /// Sets the index of the device that a packet of `F` came in by: `skb->skb_iif`, and that of the
    /// control block.
    #[inline]
    pub(crate) fn set_iif<F: Family>(&mut self, ifindex: i32) {
        self.headers_mut().skb_iif = ifindex;
        F::set_iif(self, ifindex);
    }

    /// `IPCB(skb)->flags`, `IPSKB_*`.
    #[inline]
    pub(crate) fn ipv4_flags(&mut self) -> u16 {
        // SAFETY: Integers only.
        unsafe { self.cb::<bindings::inet_skb_parm>() }.flags
    }

    #[inline]
    pub(crate) fn set_ipv4_flags(&mut self, flags: u16) {
        // SAFETY: Integers only.
        unsafe { self.cb::<bindings::inet_skb_parm>() }.flags = flags;
    }

    /// `skb_shinfo()`. Clones share it, and change its `dataref` on other CPUs.
    #[inline]
    fn shared_info(&self) -> *const bindings::skb_shared_info {
        let skb = self.raw();
        // SAFETY: By the type invariant the buffer is valid, so `end` lies within its data.
        unsafe { skb.head.add(skb.end as usize).cast() }
    }

    /// Where the list of chained buffers begins, `skb_shinfo(skb)->frag_list`.
    #[inline]
    pub(super) fn frag_list(&mut self) -> *mut *mut bindings::sk_buff {
        // SAFETY: By the type invariant the buffer is valid, so its shared info is there.
        unsafe { &raw mut (*self.shared_info().cast_mut()).frag_list }
    }

    /// Where the pointer to the next buffer of a list is, `skb->next`.
    #[inline]
    pub(super) fn next(&mut self) -> *mut *mut bindings::sk_buff {
        // SAFETY: By the type invariant the buffer is valid. In a list the union holds pointers.
        unsafe { &raw mut self.raw_mut().__bindgen_anon_1.__bindgen_anon_1.next }
    }

    /// `skb_shinfo(skb)->gso_size`: octets of payload in each segment of an aggregated packet, or 0.
    #[inline]
    pub(super) fn gso_size(&self) -> u16 {
        // SAFETY: By the type invariant the buffer is valid, so its shared info is there. Nobody
        // changes the field while the data has clones.
        unsafe { (*self.shared_info()).gso_size }
    }

    /// `skb_shinfo(skb)->gso_type`, `SKB_GSO_*`.
    #[inline]
    pub(super) fn gso_type(&self) -> u32 {
        // SAFETY: As above.
        unsafe { (*self.shared_info()).gso_type }
    }

    /// Whether it is an aggregate of TCP segments over `F`, which may be longer than its header can say.
    #[inline]
    pub fn is_tcp_aggregate<F: Family>(&self) -> bool {
        self.gso_size() != 0 && self.gso_type() & F::GSO_TCP != 0
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Where this crate believes the members of anonymous structures to be.
//!
//! `scripts/check-layout.sh` compares whole structures with the kernel's BTF, but cannot look into
//! the anonymous ones, for which bindgen makes up names. What is used of those is listed here, and
//! compared one by one. The list is in the object of this crate, not in the module.

use crate::bindings::{
    dst_entry,
    net_device,
    sk_buff, //
};
use core::mem::offset_of;

/// The part of `struct sk_buff` that a clone inherits, `struct_group(headers)`.
type Headers = crate::bindings::sk_buff__bindgen_ty_4__bindgen_ty_1;
const HEADERS: usize = offset_of!(sk_buff, __bindgen_anon_4.__bindgen_anon_1);

/// A member, or the octets that hold a group of bit-fields.
#[repr(C)]
struct Member {
    /// "STRUCTURE MEMBER", padded with zeros.
    name: [u8; 40],
    /// From the start of that structure, in octets.
    offset: u32,
    /// In octets.
    size: u32,
}

impl Member {
    const fn new<S, F>(text: &str, offset: usize, _: fn(*const S) -> *const F) -> Self {
        let text = text.as_bytes();
        let mut name = [0; 40];
        let mut i = 0;
        while i < text.len() {
            name[i] = text[i];
            i += 1;
        }
        Self {
            name,
            offset: offset as u32,
            size: size_of::<F>() as u32,
        }
    }
}

macro_rules! members {
    ($($name:literal: $base:expr, $type:ty, $($path:ident).+;)*) => {
        /// The list, each as `NAME: OFFSET, TYPE AT THE OFFSET, PATH OF THE MEMBER IN IT`.
        #[used(compiler)]
        #[link_section = ".discard.layout"]
        static MEMBERS: [Member; [$($name),*].len()] = [
            $(Member::new(
                $name,
                $base + offset_of!($type, $($path).+),
                // SAFETY: Never called; it is there for its type.
                |outer: *const $type| unsafe { &raw const (*outer).$($path).+ },
            ),)*
        ];
    };
}

members! {
    "dst_entry dev": 0, dst_entry, __bindgen_anon_1.dev;
    "net_device _bitfield_1": 0, net_device, __bindgen_anon_1.__bindgen_anon_1._bitfield_1;
    "sk_buff next": 0, sk_buff, __bindgen_anon_1.__bindgen_anon_1.next;
    "sk_buff dev": 0, sk_buff, __bindgen_anon_1.__bindgen_anon_1.__bindgen_anon_1.dev;
    "sk_buff _skb_refdst": 0, sk_buff, __bindgen_anon_3.__bindgen_anon_1._skb_refdst;
    "sk_buff _bitfield_1": HEADERS, Headers, _bitfield_1;
    "sk_buff _bitfield_2": HEADERS, Headers, _bitfield_2;
    "sk_buff csum_start": HEADERS, Headers, __bindgen_anon_1.__bindgen_anon_1.csum_start;
    "sk_buff csum": HEADERS, Headers, __bindgen_anon_1.csum;
    "sk_buff skb_iif": HEADERS, Headers, skb_iif;
    "sk_buff hash": HEADERS, Headers, hash;
    "sk_buff mark": HEADERS, Headers, __bindgen_anon_4.mark;
    "sk_buff protocol": HEADERS, Headers, protocol;
    "sk_buff transport_header": HEADERS, Headers, transport_header;
    "sk_buff network_header": HEADERS, Headers, network_header;
    "sk_buff mac_header": HEADERS, Headers, mac_header;
}

// SPDX-License-Identifier: GPL-2.0

//! Prefixes of IPv6 addresses.

use super::Address;
use crate::bindings::rt6key;
use core::{
    fmt,
    net::Ipv6Addr, //
};

/// An IPv6 prefix: of a SID, as a rule all 128 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    /// In network byte order.
    pub address: Address,
    /// In bits.
    pub len: u8,
}

impl Prefix {
    /// The prefix in a route.
    ///
    /// # Safety
    ///
    /// `key` is valid for reads, and nobody writes it.
    #[inline]
    pub(super) unsafe fn of(key: *const rt6key) -> Self {
        // SAFETY: By the safety requirements; an address is as large as two numbers. No prefix is longer
        // than an address.
        unsafe {
            Self {
                address: (&raw const (*key).addr).cast::<Address>().read_unaligned(),
                len: (*key).plen as u8,
            }
        }
    }

    /// Whether an address begins with it; `ipv6_prefix_equal()`.
    #[inline]
    pub(super) fn covers(self, address: Address) -> bool {
        let differs = |word: usize| u64::from_be(self.address[word] ^ address[word]);
        match self.len {
            0 => true,
            len @ 1..=64 => differs(0) >> (64 - len) == 0,
            len @ 65..=128 => differs(0) == 0 && differs(1) >> (128 - len) == 0,
            _ => false,
        }
    }
}

impl fmt::Display for Prefix {
    /// As iproute2 has it, with the length in any case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low] = self.address.map(u64::from_be);
        let address = Ipv6Addr::from_bits(u128::from(high) << 64 | u128::from(low));
        write!(f, "{address}/{}", self.len)
    }
}

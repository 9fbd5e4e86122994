// SPDX-License-Identifier: GPL-2.0

//! The address families of inner packets.
//!
//! What differs between IPv4 and IPv6 inside of a tunnel, as far as buffers and devices are concerned.
//! What does not differ is written once, for any [`Family`]; how a packet is routed differs
//! altogether, see [`route`](crate::route).

use crate::{
    bindings,
    netdevice::NetDevice,
    rcu::ReadSection,
    skbuff::SkBuff, //
};
use core::mem;

/// `AF_UNSPEC`, `AF_INET`, `AF_INET6`.
pub(crate) const AF_UNSPEC: u16 = 0;
pub(crate) const AF_INET: u16 = 2;
pub(crate) const AF_INET6: u16 = 10;

/// An address family. There are [`Ipv4`] and [`Ipv6`].
pub trait Family: sealed::Family {}

/// IPv4, RFC 791.
pub enum Ipv4 {}

/// IPv6, RFC 8200.
pub enum Ipv6 {}

impl Family for Ipv4 {}
impl Family for Ipv6 {}

pub(crate) mod sealed {
    use super::*;

    /// How long a packet says that it is.
    pub struct Lengths {
        /// Of its header, with IPv4 options, without IPv6 extension headers. In octets.
        pub header: usize,
        /// Of all of it. In octets, as the field of the header has them: in an IPv4 packet that is too long
        /// for the field 0, in such an IPv6 packet no more than the header.
        pub total: usize,
    }

    /// What only this crate needs to know.
    pub trait Family: Sized + 'static {
        /// `AF_*`
        const NUMBER: u16;
        /// `ETH_P_*`
        const ETHER_TYPE: u16;
        /// `SKB_GSO_*` of aggregated TCP segments.
        const GSO_TCP: u32;
        /// Length of a header without options, in octets.
        const HEADER_LEN: usize;

        /// What the header of a packet that is too long for the field says of the length of all of it.
        const OVERSIZED: usize;

        /// Whether such a packet has a header, behind the one at the start of `data`, that may say how
        /// long it is.
        fn may_be_jumbogram(data: &[u8]) -> bool;

        /// What the header at the start of `data` says; [`None`] if it is not there.
        fn lengths(data: &[u8]) -> Option<Lengths>;

        /// Sets the ECN field of a header to `ecn` (two bits). Returns the first word of the header before
        /// and after that, unless the header sums up to the same.
        fn set_ecn(header: &mut [u8], ecn: u8) -> Option<(u32, u32)>;

        /// Makes the control block that of a packet which has just come in, from nowhere.
        fn init_control_block<S>(skb: &mut SkBuff<S>);

        /// Sets the index of the device that the packet came in by in its control block, for sockets and
        /// rules that ask for the slave (`inet_sdif()`, `IP_PKTINFO`).
        fn set_iif<S>(skb: &mut SkBuff<S>, ifindex: i32);

        /// Whether packets that come in by `dev` are forwarded.
        fn forwards(dev: NetDevice<'_>, rcu: ReadSection<'_>) -> bool;
    }
}

impl sealed::Family for Ipv4 {
    const NUMBER: u16 = AF_INET;
    const ETHER_TYPE: u16 = bindings::ETH_P_IP as u16;
    const GSO_TCP: u32 = bindings::SKB_GSO_TCPV4 as u32;
    const HEADER_LEN: usize = 20;
    const OVERSIZED: usize = 0;

    fn may_be_jumbogram(_data: &[u8]) -> bool {
        false
    }

    #[inline]
    fn lengths(data: &[u8]) -> Option<sealed::Lengths> {
        let header: &[u8; Self::HEADER_LEN] = data.first_chunk()?;
        // In the terms of whoever has validated the header: the compiler then sees that nothing is
        // left to compare.
        let more_words = header[0].wrapping_sub(0x45);
        Some(sealed::Lengths {
            header: Self::HEADER_LEN + (usize::from(more_words) << 2),
            total: u16::from_be_bytes([header[2], header[3]]).into(),
        })
    }

    #[inline]
    fn set_ecn(header: &mut [u8], ecn: u8) -> Option<(u32, u32)> {
        let header: &mut [u8; Self::HEADER_LEN] = header.first_chunk_mut()?;
        let old = u16::from_be_bytes([header[0], header[1]]);
        let new = (old & !3) | u16::from(ecn & 3);
        header[1] = new as u8;

        // RFC 1624: HC' = ~(~HC + ~m + m').
        let sum = u16::from_be_bytes([header[10], header[11]]);
        let mut folded = u32::from(!sum) + u32::from(!old) + u32::from(new);
        folded = (folded & 0xffff) + (folded >> 16);
        folded = (folded & 0xffff) + (folded >> 16);
        let [high, low] = (!(folded as u16)).to_be_bytes();
        header[10] = high;
        header[11] = low;
        None
    }

    #[inline]
    fn init_control_block<S>(skb: &mut SkBuff<S>) {
        // SAFETY: Integers only, for which zero is valid.
        unsafe { *skb.cb::<bindings::inet_skb_parm>() = mem::zeroed() };
    }

    #[inline]
    fn set_iif<S>(skb: &mut SkBuff<S>, ifindex: i32) {
        // SAFETY: Integers only.
        unsafe { skb.cb::<bindings::inet_skb_parm>() }.iif = ifindex;
    }

    fn forwards(dev: NetDevice<'_>, rcu: ReadSection<'_>) -> bool {
        dev.ipv4(rcu).is_some_and(|dev| dev.forwards())
    }
}

impl sealed::Family for Ipv6 {
    const NUMBER: u16 = AF_INET6;
    const ETHER_TYPE: u16 = bindings::ETH_P_IPV6 as u16;
    const GSO_TCP: u32 = bindings::SKB_GSO_TCPV6 as u32;
    const HEADER_LEN: usize = 40;
    const OVERSIZED: usize = Self::HEADER_LEN;

    fn may_be_jumbogram(data: &[u8]) -> bool {
        // Next Header: hop-by-hop options.
        data.get(6) == Some(&0)
    }

    #[inline]
    fn lengths(data: &[u8]) -> Option<sealed::Lengths> {
        let header: &[u8; Self::HEADER_LEN] = data.first_chunk()?;
        Some(sealed::Lengths {
            header: Self::HEADER_LEN,
            total: Self::HEADER_LEN + usize::from(u16::from_be_bytes([header[4], header[5]])),
        })
    }

    #[inline]
    fn set_ecn(header: &mut [u8], ecn: u8) -> Option<(u32, u32)> {
        let word: &mut [u8; 4] = header.first_chunk_mut()?;
        let old = u32::from_ne_bytes(*word);
        word[1] = word[1] & !0x30 | (ecn & 3) << 4;
        Some((old, u32::from_ne_bytes(*word)))
    }

    #[inline]
    fn init_control_block<S>(skb: &mut SkBuff<S>) {
        /// Of the field Next Header.
        const OFFSET: u16 = 6;

        // SAFETY: Integers only, for which zero is valid.
        let block = unsafe { skb.cb::<bindings::inet6_skb_parm>() };
        // SAFETY: As above.
        *block = unsafe { mem::zeroed() };
        block.nhoff = OFFSET;
    }

    #[inline]
    fn set_iif<S>(skb: &mut SkBuff<S>, ifindex: i32) {
        // SAFETY: Integers only.
        unsafe { skb.cb::<bindings::inet6_skb_parm>() }.iif = ifindex;
    }

    fn forwards(dev: NetDevice<'_>, rcu: ReadSection<'_>) -> bool {
        dev.forwards_ipv6(rcu)
    }
}

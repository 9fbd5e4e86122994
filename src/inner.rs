// SPDX-License-Identifier: GPL-2.0

//! The inner packet: what differs between IPv4 and IPv6.

mod ipv4;
mod ipv6;

use crate::{
    drops::{
        Cause,
        Counted, //
    },
    endpoint::{
        pull,
        Step, //
    },
    rules::{
        inner::{
            self,
            Length,
            Refusal, //
        },
        ipv6 as outer, //
    },
};
use kernel_ext::{
    family::Family,
    rcu::ReadSection,
    skbuff::{
        state::{
            Decapsulated,
            Received,
            Valid, //
        },
        Delivered,
        SkBuff, //
    },
};

/// A family of inner packets.
pub(crate) trait Inner: Family {
    /// Length of a header without options, in octets.
    const MIN_HEADER_LEN: usize;

    /// What a packet has to be by itself, see [`inner`].
    fn check(
        data: &[u8],
        len: usize,
        is_aggregate: impl FnOnce() -> bool,
    ) -> Result<inner::Inner, Refusal>;

    /// Passes a packet on that was received by the VRF of its SID, which routes in the table with number
    /// `vrf_table`: forwards it, delivers it locally, or refuses it.
    fn pass_on(
        skb: SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Counted>;
}

/// Validates a packet, making its header linear, and brings congestion marks over to it, which the
/// octet of the outer header has.
#[inline(always)]
pub(crate) fn validate<F: Inner>(skb: SkBuff<Decapsulated<F>>, ecn_octet: u8) -> Step<Valid<F>> {
    match F::check(skb.linear(), skb.len(), || skb.is_tcp_aggregate::<F>()) {
        Ok(packet) => accept(skb, packet, ecn_octet),
        Err(refusal) => stopped(skb, refusal, ecn_octet),
    }
}

/// For a packet whose header is to be made linear, or that has to be dropped.
#[cold]
fn stopped<F: Inner>(
    mut skb: SkBuff<Decapsulated<F>>,
    mut refusal: Refusal,
    ecn_octet: u8,
) -> Step<Valid<F>> {
    // Asks for more each time, so this ends.
    while let Refusal::NeedMore(len) = refusal {
        skb = pull(skb, len, Cause::InnerTruncated)?;
        refusal = match F::check(skb.linear(), skb.len(), || skb.is_tcp_aggregate::<F>()) {
            Ok(packet) => return accept(skb, packet, ecn_octet),
            Err(refusal) => refusal,
        };
    }
    Err(Cause::from(refusal).drop(skb))
}

/// Makes a packet a valid one.
#[inline(always)]
fn accept<F: Inner>(
    skb: SkBuff<Decapsulated<F>>,
    packet: inner::Inner,
    ecn_octet: u8,
) -> Step<Valid<F>> {
    let len = skb.len();
    let skb = match packet.len {
        Length::Whole => skb.into_valid(packet.header_len, len)?,
        Length::Padded(len) => skb.into_valid(packet.header_len, len)?,
        Length::Oversized => oversized(skb, packet.header_len)?,
    };
    match inner::congestion(outer::ecn(ecn_octet), packet.ecn) {
        Ok(None) => Ok(skb),
        Ok(Some(ecn)) => Ok(skb.set_ecn(ecn)?),
        Err(refusal) => Err(Cause::from(refusal).drop(skb)),
    }
}

#[cold]
fn oversized<F: Inner>(skb: SkBuff<Decapsulated<F>>, header_len: usize) -> Step<Valid<F>> {
    skb.into_oversized(header_len)
        .map_err(|skb| Cause::InnerHeader.drop(skb))
}

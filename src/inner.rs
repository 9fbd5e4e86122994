// SPDX-License-Identifier: GPL-2.0

//! The inner packet: what differs between IPv4 and IPv6.

mod ipv4;
mod ipv6;

use crate::{
    drops::{
        Cause,
        Counted, //
    },
    endpoint::Step,
    rules::{
        ecn,
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
    /// Validates the header, making it linear, and brings congestion marks over to it, which the octet
    /// of the outer header has.
    fn check(skb: SkBuff<Decapsulated<Self>>, ecn_octet: u8) -> Step<Valid<Self>>;

    /// Passes a packet on that was received by the VRF of its SID, which routes in the table with number
    /// `vrf_table`: forwards it, delivers it locally, or refuses it.
    fn pass_on(
        skb: SkBuff<Received<Self>>,
        vrf_table: u32,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Counted>;
}

/// Brings the congestion mark in an octet of the outer header over to an inner header with `ecn`.
#[inline]
fn carry_ecn<F: Family>(skb: SkBuff<Valid<F>>, ecn_octet: u8, ecn: u8) -> Step<Valid<F>> {
    match ecn::decapsulate(outer::ecn(ecn_octet), ecn) {
        ecn::Action::Keep => Ok(skb),
        ecn::Action::Set(ecn) => Ok(skb.set_ecn(ecn)?),
        ecn::Action::Drop => Err(Cause::Ecn.drop(skb)),
    }
}

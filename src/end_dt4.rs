// SPDX-License-Identifier: GPL-2.0

//! The behaviour: what happens to a packet, and what a route needs.

use crate::{
    debugfs::Debugfs,
    drops::{
        Cause,
        Counted, //
    },
    rules::{
        ecn,
        ipv4::{
            self,
            Ipv4Header, //
        },
        ipv6::{
            self,
            OuterHeaders,
            Refusal, //
        },
    },
};
use kernel::{
    prelude::*,
    str::CStr, //
};
use kernel_ext::{
    l3mdev::{
        self,
        L3Master,
        Reception, //
    },
    netlink::ExtAck,
    rcu::ReadSection,
    seg6_local::{
        Action,
        Attributes,
        Behaviour,
        Takeover,
        Tunnel,
        TunnelBuilder, //
    },
    skbuff::{
        state::{
            Decapsulated,
            Ipv4,
            Outer, //
        },
        Delivered,
        Dropped,
        SkBuff, //
    },
};

/// The takeover of End.DT4 from the built-in code.
pub(crate) static TAKEOVER: Takeover<EndDt4> = Takeover::new();

/// End.DT4.
pub(crate) enum EndDt4 {}

impl Behaviour for EndDt4 {
    const ACTION: Action = Action::END_DT4;
    const ATTRIBUTES: Attributes = Attributes::VRFTABLE;
    const OPTIONAL_ATTRIBUTES: Attributes = Attributes::COUNTERS;
    const BUILTIN_INPUT: &'static CStr = c"input_action_end_dt4";
    const BUILTIN_BUILD_STATE: &'static CStr = c"seg6_end_dt4_build";

    type Data = Debugfs;

    fn data() -> impl PinInit<Debugfs, Error> {
        Debugfs::new()
    }

    fn takeover() -> &'static Takeover<Self> {
        &TAKEOVER
    }

    /// Binds the route to the VRF of its table, which must be the only one; the messages are those
    /// of the built-in behaviour.
    fn build_state(tunnel: &mut TunnelBuilder<'_>, extack: &mut ExtAck) -> Result {
        let ifindex =
            l3mdev::vrf_ifindex_by_table(tunnel.net(), tunnel.vrf_table()).inspect_err(|&err| {
                if err == EPERM {
                    extack.set_message(c"Strict mode for VRF is disabled");
                } else if err == ENODEV {
                    extack.set_message(c"Table has no associated VRF device");
                }
            })?;
        tunnel.bind_to_vrf(ifindex);
        Ok(())
    }

    #[inline]
    fn input(
        skb: SkBuff<Outer>,
        tunnel: Tunnel<'_>,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Dropped> {
        process(skb, tunnel, rcu).map_err(Counted::into_inner)
    }
}

/// A packet on its way, or how it ended.
type Step<S> = Result<SkBuff<S>, Counted>;

#[inline]
fn process(
    skb: SkBuff<Outer>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    let (skb, headers) = check_outer_headers(skb)?;
    let skb = check_hmac(skb, &headers, rcu)?;
    let Some(vrf) = find_vrf(&skb, tunnel, rcu) else {
        return Err(Cause::NoVrf.drop(skb));
    };
    let skb = skb.decapsulate(headers.payload)?;
    let skb = check_inner_header(skb, headers.ecn)?;
    let skb = match vrf.receive(skb)? {
        Reception::Packet(skb) => skb.route(rcu)?,
        Reception::Taken(delivered) => return Ok(delivered),
    };
    if skb.is_unroutable() {
        return Err(skb.refuse().into());
    }
    Ok(skb.deliver())
}

/// Walks the outer headers, and makes them linear as far as the walk needs it.
#[inline]
fn check_outer_headers(mut skb: SkBuff<Outer>) -> Result<(SkBuff<Outer>, OuterHeaders), Counted> {
    loop {
        let cause = match ipv6::walk(skb.linear(), skb.len()) {
            Ok(headers) => return Ok((skb, headers)),
            // Asks for more each time, so this ends.
            Err(Refusal::NeedMore(len)) => match skb.pull(len) {
                Ok(()) => continue,
                Err(_) => Cause::NoMemory,
            },
            Err(Refusal::Truncated) => Cause::OuterTruncated,
            Err(Refusal::TooManyExtensionHeaders) => Cause::TooManyExtensionHeaders,
            Err(Refusal::Fragment) => Cause::OuterFragment,
            Err(Refusal::MalformedSrh) => Cause::MalformedSrh,
            Err(Refusal::SegmentsLeft(_)) => Cause::SegmentsLeft,
            Err(Refusal::UpperLayer(_)) => Cause::UpperLayer,
        };
        return Err(cause.drop(skb));
    }
}

/// Enforces the sysctl `seg6_require_hmac` of the ingress device: below 0 no HMAC is looked at, 0
/// has those checked that are there, above 0 a packet without is dropped.
#[inline]
fn check_hmac(mut skb: SkBuff<Outer>, headers: &OuterHeaders, rcu: ReadSection<'_>) -> Step<Outer> {
    let Some(require) = skb.dev(rcu).seg6_require_hmac() else {
        return Err(Cause::Hmac.drop(skb));
    };
    let acceptable = match headers.srh {
        _ if require < 0 => true,
        Some(srh) if srh.has_tlvs => skb.has_valid_hmac(srh.offset),
        _ => require == 0,
    };
    if !acceptable {
        return Err(Cause::Hmac.drop(skb));
    }
    Ok(skb)
}

/// The VRF of the route, if it still is there and still serves the table that the route names.
#[inline]
fn find_vrf<'rcu>(
    skb: &SkBuff<Outer>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'rcu>,
) -> Option<L3Master<'rcu>> {
    let net = skb.dev(rcu).net();
    if !tunnel.is_of(net) {
        return None;
    }
    // The index may have been given to another device, even to another tenant's VRF.
    net.device_by_index(tunnel.vrf_ifindex(), rcu)?
        .as_l3_master()
        .filter(|vrf| vrf.table() == tunnel.vrf_table())
}

/// Validates the inner header and brings congestion marks over to it.
#[inline]
fn check_inner_header(mut skb: SkBuff<Decapsulated>, outer_ecn: u8) -> Step<Ipv4> {
    let Some(header) = inner_header(&mut skb) else {
        return Err(Cause::InnerHeader.drop(skb));
    };
    if !skb
        .linear()
        .get(..header.header_len)
        .is_some_and(ipv4::checksum_is_right)
    {
        return Err(Cause::InnerChecksum.drop(skb));
    }
    let total_len = match header.total_len {
        0 => skb.big_tcp_len().unwrap_or(0),
        len => len,
    };
    let skb = skb.into_ipv4(header.header_len, total_len)?;
    match ecn::decapsulate(outer_ecn, header.ecn) {
        ecn::Action::Keep => Ok(skb),
        ecn::Action::Set(ecn) => Ok(skb.set_ecn(ecn)?),
        ecn::Action::Drop => Err(Cause::Ecn.drop(skb)),
    }
}

/// Reads the inner header and makes it linear, options included.
#[inline]
fn inner_header(skb: &mut SkBuff<Decapsulated>) -> Option<Ipv4Header> {
    skb.pull(ipv4::MIN_HEADER_LEN).ok()?;
    let header = Ipv4Header::parse(skb.linear().first_chunk()?)?;
    skb.pull(header.header_len).ok()?;
    Some(header)
}

// SPDX-License-Identifier: GPL-2.0

//! What happens to a packet at a SID: its outer headers are checked and taken off, and the inner packet
//! is received by the VRF and passed on. RFC 8986 §4.6, §4.7, §4.8.

use crate::{
    drops::{
        Cause,
        Counted, //
    },
    end_dt::Decapsulation,
    hmac::authenticate,
    inner::{
        self,
        Inner, //
    },
    outer_route,
    rules::ipv6::{
        self,
        Fragment,
        Refusal,
        UpperLayer, //
    },
    vrf, //
};
use kernel::prelude::*;
use kernel_ext::{
    family::{
        Ipv4,
        Ipv6, //
    },
    icmpv6::ParameterProblem,
    l3mdev::Reception,
    module_switch,
    rcu::ReadSection,
    seg6_local::Tunnel,
    skbuff::{
        state::Outer,
        Delivered,
        Dropped,
        Reassembly,
        SkBuff, //
    },
};

module_switch! {
    /// Whether sources of refused packets are told.
    static ICMPV6_ERRORS: "icmpv6_errors" = true, "answer wrong packets with ICMPv6 errors, as RFC 8986 wants it";
}

/// How many octets the headers of an ordinary packet have at most: an SRH with two segments, IPv6, ports.
const LIKELY_HEADERS_LEN: usize = 128;

/// A packet on its way, or how it ended.
pub(crate) type Step<S> = Result<SkBuff<S>, Counted>;

/// Processes a packet for a SID of `D`.
#[inline]
pub(crate) fn input<D: Decapsulation>(
    skb: SkBuff<Outer>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Dropped> {
    let route = skb.outer_route(rcu);
    process::<D>(skb, tunnel, rcu).map_err(|counted| counted.of_sid(route, rcu))
}

#[inline]
fn process<D: Decapsulation>(
    skb: SkBuff<Outer>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    let data = skb.linear();
    let headers = match ipv6::walk(data, D::FOR) {
        Ok(headers) => headers,
        Err(refusal) => return stopped::<D>(skb, refusal, tunnel, rcu),
    };
    outer_route::mark(&skb, rcu);
    let ecn_octet = ipv6::ecn_octet(data);
    let skb = authenticate(skb, headers.srh, rcu)?;
    // A SID that is for one family pays for no choice.
    if D::FOR.ipv4 && (!D::FOR.ipv6 || headers.upper_layer == UpperLayer::Ipv4) {
        receive::<Ipv4>(skb, headers.payload, ecn_octet, tunnel, rcu)
    } else {
        receive::<Ipv6>(skb, headers.payload, ecn_octet, tunnel, rcu)
    }
}

/// Takes the outer headers off, `payload` octets, and has the VRF receive the inner packet.
#[inline(always)] // Two behaviours share it, and a packet would pay for the call.
fn receive<F: Inner>(
    skb: SkBuff<Outer>,
    payload: usize,
    ecn_octet: u8,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    let skb = skb.decapsulate::<F>(payload)?;
    let skb = inner::validate::<F>(skb, ecn_octet)?;
    let Some(vrf) = vrf::of_route(&skb, tunnel, rcu) else {
        return Err(Cause::NoVrf.drop(skb));
    };
    match vrf.receive(skb)? {
        Reception::Packet(skb) => F::pass_on(skb, tunnel.vrf_table(), rcu),
        Reception::Taken(delivered) => Ok(delivered),
    }
}

/// For a packet whose outer headers the walk did not get through: they are to be made linear, or it
/// is a fragment, or has to be dropped. What becomes of it in the first two cases starts anew.
#[cold]
fn stopped<D: Decapsulation>(
    mut skb: SkBuff<Outer>,
    mut refusal: Refusal,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    // Asks for more each time, so this ends.
    while let Refusal::NeedMore(len) = refusal {
        // At once what an ordinary packet has of headers, the inner ones included.
        let len = len.max(LIKELY_HEADERS_LEN.min(skb.len()));
        skb = pull(skb, len, Cause::OuterTruncated)?;
        refusal = match ipv6::walk(skb.linear(), D::FOR) {
            Ok(_) => return tunnel.input(skb, rcu).map_err(Counted::by_input),
            Err(refusal) => refusal,
        };
    }
    match refusal {
        Refusal::Fragment(fragment) => reassemble(skb, fragment, tunnel, rcu),
        refusal => Err(refuse(skb, refusal, rcu)),
    }
}

/// Makes the first `len` octets of a packet linear. One that has not so many is dropped as `truncated`.
#[cold]
pub(crate) fn pull<S>(mut skb: SkBuff<S>, len: usize, truncated: Cause) -> Step<S> {
    match skb.pull(len) {
        Ok(()) => Ok(skb),
        Err(ENOMEM) => Err(Cause::NoMemory.drop(skb)),
        Err(_) => Err(truncated.drop(skb)),
    }
}

/// Drops a packet with unacceptable outer headers. Its source is told what
/// RFC 8986 §4.6 to §4.8, §4.1.1 and RFC 8200 §4.4 want it to be told, unless it failed to authenticate
/// itself, or the packet is malformed: that is no accident of routing, and its source may be anybody.
fn refuse(skb: SkBuff<Outer>, refusal: Refusal, rcu: ReadSection<'_>) -> Counted {
    let cause = Cause::from(refusal);
    let Some(objection) = refusal.objection() else {
        return cause.drop(skb);
    };
    let mut skb = match authenticate(skb, objection.srh, rcu) {
        Ok(skb) => skb,
        Err(counted) => return counted,
    };
    if ICMPV6_ERRORS.is_on() {
        let code = match refusal {
            Refusal::UpperLayer(_) => ParameterProblem::SR_UPPER_LAYER_HEADER,
            _ => ParameterProblem::HEADER_FIELD,
        };
        skb.send_parameter_problem(code, objection.pointer, rcu);
    }
    cause.drop(skb)
}

/// Gives a fragment to the kernel's reassembly. If all are there, the whole packet starts anew; once,
/// for the kernel takes no fragment of what it has reassembled.
///
/// It has to have the HMAC that its own ingress device asks for: the whole packet will be seen as one
/// of the device that the last fragment comes in by.
fn reassemble(
    skb: SkBuff<Outer>,
    fragment: Fragment,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    let skb = authenticate(skb, fragment.srh, rcu)?;
    match skb
        .reassemble(fragment.header, fragment.announced_at, rcu)
        .map_err(Counted::by_reassembly)?
    {
        Reassembly::Whole(skb) => tunnel.input(skb, rcu).map_err(Counted::by_input),
        Reassembly::Waiting(delivered) => Ok(delivered),
    }
}

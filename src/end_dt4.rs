// SPDX-License-Identifier: GPL-2.0

//! The behaviour: what happens to a packet, and what a route needs.

use crate::{
    audit::{
        self,
        AUDIT, //
    },
    drops::{
        self,
        Cause,
        Counted, //
    },
    hmac::authenticate,
    inner_route,
    outer_route::{
        self,
        OuterRoute, //
    },
    rules::{
        ecn, ipv4,
        ipv6::{
            self,
            Fragment,
            Refusal, //
        },
    },
    vrf, //
};
use kernel::{
    prelude::*,
    sync::rcu, //
};
use kernel_ext::{
    icmpv6::ParameterProblem,
    inetdevice::InDevice,
    l3mdev::{
        ChangeNotifier,
        Reception, //
    },
    module_switch,
    netlink::ExtAck,
    rcu::ReadSection,
    seg6_local::{
        Behaviour,
        Builtin,
        Tunnel,
        TunnelBuilder, //
    },
    sid_routes::Registration,
    skbuff::{
        state::{
            Decapsulated,
            Ipv4,
            Outer, //
        },
        Delivered,
        Dropped,
        Observed,
        Reassembly,
        SkBuff, //
    },
};

module_switch! {
    /// Whether sources of refused packets are told.
    static ICMPV6_ERRORS: "icmpv6_errors" = true, "answer wrong packets with ICMPv6 errors, as RFC 8986 wants it";
}

/// How many octets the headers of an ordinary packet have: an SRH with two segments, IPv4, ports.
const LIKELY_HEADERS_LEN: usize = 96;

/// What lives as long as the module.
#[pin_data]
pub(crate) struct Data {
    /// Goes first: it looks at routes.
    routes: Registration<OuterRoute>,
    drops: drops::Registration,
    #[pin]
    changes: ChangeNotifier,
}

/// End.DT4.
pub(crate) enum EndDt4 {}

impl Behaviour for EndDt4 {
    const BUILTIN: Builtin = Builtin::END_DT4;

    type Data = Data;

    fn data() -> impl PinInit<Data, Error> {
        try_pin_init!(Data {
            routes: Registration::new()?,
            drops: drops::Registration::new()?,
            changes <- ChangeNotifier::new(),
        })
    }

    /// Binds the route to the VRF of its table, which must be the only one; the messages are those
    /// of the built-in behaviour.
    fn build_state(tunnel: &mut TunnelBuilder<'_>, extack: &mut ExtAck) -> Result {
        let ifindex = tunnel.vrf_ifindex().inspect_err(|&err| {
            if err == EPERM {
                extack.set_message(c"Strict mode for VRF is disabled");
            } else if err == ENODEV {
                extack.set_message(c"Table has no associated VRF device");
            }
        })?;
        tunnel.bind_to_vrf(ifindex);
        if let Some(warning) = futility(tunnel, ifindex) {
            extack.set_message(warning);
        }
        Ok(())
    }

    fn adopt(tunnel: Tunnel<'_>) {
        vrf::forget_absence(tunnel);
    }

    fn only_observes() -> bool {
        AUDIT.is_on()
    }

    fn observe(packet: &Observed<'_>, _: Tunnel<'_>, rcu: ReadSection<'_>) {
        audit::observe(packet, rcu);
    }

    #[inline]
    fn input(
        skb: SkBuff<Outer>,
        tunnel: Tunnel<'_>,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Dropped> {
        let route = skb.outer_route(rcu);
        process(skb, tunnel, rcu).map_err(|counted| counted.of_sid(route, rcu))
    }
}

/// Why a route that is accepted does not do what it is for, as far as is known now. Accepted it is
/// nonetheless, as by the built-in behaviour: that may change, except for the first.
fn futility(tunnel: &TunnelBuilder<'_>, vrf_ifindex: i32) -> Option<&'static CStr> {
    let guard = rcu::read_lock();
    let rcu = ReadSection::from(&guard);
    if tunnel.is_dead_on_loopback(rcu) {
        return Some(c"A SID on a loopback device gets no packets: use the VRF as dev");
    }
    if tunnel.is_own_address() {
        return Some(c"The SID is an address of this host, which takes its packets");
    }
    let vrf = tunnel.net().device_by_index(vrf_ifindex, rcu)?;
    (!vrf.ipv4(rcu).is_some_and(InDevice::forwards))
        .then_some(c"The VRF does not forward IPv4: see net.ipv4.ip_forward")
}

/// A packet on its way, or how it ended.
type Step<S> = Result<SkBuff<S>, Counted>;

#[inline]
fn process(
    skb: SkBuff<Outer>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    let data = skb.linear();
    let headers = match ipv6::walk(data) {
        Ok(headers) => headers,
        Err(refusal) => return stopped(skb, refusal, tunnel, rcu),
    };
    outer_route::mark(&skb, tunnel, rcu);
    let ecn_octet = ipv6::ecn_octet(data);
    let skb = authenticate(skb, headers.srh, rcu)?;
    let skb = skb.decapsulate(headers.payload)?;
    let skb = check_inner_header(skb, ecn_octet)?;
    let Some(vrf) = vrf::of_route(&skb, tunnel, rcu) else {
        return Err(Cause::NoVrf.drop(skb));
    };
    match vrf.receive(skb)? {
        Reception::Packet(skb) => inner_route::pass_on(skb, tunnel, rcu),
        Reception::Taken(delivered) => Ok(delivered),
    }
}

/// For a packet whose outer headers the walk did not get through: they are to be made linear, or it
/// is a fragment, or has to be dropped. What becomes of it in the first two cases starts anew.
#[cold]
fn stopped(
    mut skb: SkBuff<Outer>,
    mut refusal: Refusal,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'_>,
) -> Result<Delivered, Counted> {
    // Asks for more each time, so this ends.
    while let Refusal::NeedMore(len) = refusal {
        // At once what an ordinary packet has of headers, the inner ones included.
        let len = len.max(LIKELY_HEADERS_LEN.min(skb.len()));
        if let Err(err) = skb.pull(len) {
            return Err(cannot_pull(err, Cause::OuterTruncated).drop(skb));
        }
        refusal = match ipv6::walk(skb.linear()) {
            Ok(_) => return tunnel.input(skb, rcu).map_err(Counted::by_input),
            Err(refusal) => refusal,
        };
    }
    match refusal {
        Refusal::Fragment(fragment) => reassemble(skb, fragment, tunnel, rcu),
        refusal => Err(refuse(skb, refusal, rcu)),
    }
}

/// Why headers cannot be made linear: no memory, or they are `truncated`.
#[cold]
fn cannot_pull(err: Error, truncated: Cause) -> Cause {
    match err {
        ENOMEM => Cause::NoMemory,
        _ => truncated,
    }
}

/// Drops a packet with unacceptable outer headers. Its source is told what
/// RFC 8986 §4.7, §4.1.1 and RFC 8200 §4.4 want it to be told, unless it failed to authenticate
/// itself, or the packet is malformed: that is no accident of routing, and its source may be anybody.
fn refuse(skb: SkBuff<Outer>, refusal: Refusal, rcu: ReadSection<'_>) -> Counted {
    let (cause, code, objection) = match refusal {
        // These two are no refusals yet.
        Refusal::NeedMore(_) => return Cause::OuterTruncated.drop(skb),
        Refusal::Fragment(_) => return Cause::OuterFragment.drop(skb),
        Refusal::TooManyExtensionHeaders => return Cause::TooManyExtensionHeaders.drop(skb),
        Refusal::SegmentsLeft(objection) => (
            Cause::SegmentsLeft,
            ParameterProblem::HEADER_FIELD,
            objection,
        ),
        Refusal::RoutingType(objection) => (
            Cause::RoutingType,
            ParameterProblem::HEADER_FIELD,
            objection,
        ),
        Refusal::UpperLayer(objection) => (
            Cause::UpperLayer,
            ParameterProblem::SR_UPPER_LAYER_HEADER,
            objection,
        ),
    };
    let mut skb = match authenticate(skb, objection.srh, rcu) {
        Ok(skb) => skb,
        Err(counted) => return counted,
    };
    if ICMPV6_ERRORS.is_on() {
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

/// Validates the inner header, making it linear, and brings congestion marks over to it.
#[inline]
fn check_inner_header(mut skb: SkBuff<Decapsulated>, ecn_octet: u8) -> Step<Ipv4> {
    let header = loop {
        match ipv4::validate(skb.linear()) {
            Ok(header) => break header,
            // Asks for more each time, so this ends.
            Err(ipv4::Refusal::NeedMore(len)) => {
                if let Err(err) = skb.pull(len) {
                    return Err(cannot_pull(err, Cause::InnerTruncated).drop(skb));
                }
            }
            Err(ipv4::Refusal::Malformed) => return Err(Cause::InnerHeader.drop(skb)),
            Err(ipv4::Refusal::Checksum) => return Err(Cause::InnerChecksum.drop(skb)),
        }
    };
    let skb = if header.total_len < header.header_len {
        check_big_tcp(skb, header.header_len)?
    } else {
        skb.into_ipv4(header.header_len, header.total_len)?
    };
    match ecn::decapsulate(ipv6::ecn(ecn_octet), header.ecn) {
        ecn::Action::Keep => Ok(skb),
        ecn::Action::Set(ecn) => Ok(skb.set_ecn(ecn)?),
        ecn::Action::Drop => Err(Cause::Ecn.drop(skb)),
    }
}

/// For a header that says the packet is shorter than the header: the kernel writes 0 in aggregated
/// packets that are too long for the field.
#[cold]
fn check_big_tcp(skb: SkBuff<Decapsulated>, header_len: usize) -> Step<Ipv4> {
    skb.into_big_tcp(header_len)
        .map_err(|skb| Cause::InnerHeader.drop(skb))
}

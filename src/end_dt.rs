// SPDX-License-Identifier: GPL-2.0

//! What End.DT4, End.DT6 and End.DT46 have in common: the service, and a behaviour but for what it is for.

use crate::{
    audit::{
        self,
        AUDIT, //
    },
    drops,
    endpoint,
    outer_route::OuterRoute,
    rules::ipv6::UpperLayers, //
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    sync::rcu, //
};
use kernel_ext::{
    inetdevice::InDevice,
    netlink::ExtAck,
    rcu::ReadSection,
    seg6_local::{
        Behaviour,
        Builtin,
        Service,
        Tunnel,
        TunnelBuilder, //
    },
    sid_routes::Registration,
    skbuff::{
        state::Outer,
        Delivered,
        Dropped,
        Observed,
        SkBuff, //
    },
};

/// The service.
pub(crate) enum EndDt {}

/// What lives as long as the module.
#[pin_data]
pub(crate) struct Data {
    /// Goes first: it looks at routes.
    routes: Registration<OuterRoute>,
    drops: drops::Registration,
}

impl Service for EndDt {
    type Data = Data;

    fn data() -> impl PinInit<Data, Error> {
        try_pin_init!(Data {
            routes: Registration::new()?,
            drops: drops::Registration::new()?,
        })
    }

    fn only_observes() -> bool {
        AUDIT.is_on()
    }
}

/// What tells one behaviour from the others.
pub(crate) trait Decapsulation: 'static {
    /// The built-in one, which it replaces.
    const BUILTIN: Builtin;

    /// What its SIDs are for.
    const FOR: UpperLayers;
}

/// The behaviour that `D` describes.
pub(crate) struct Endpoint<D>(PhantomData<fn() -> D>);

impl<D: Decapsulation> Behaviour for Endpoint<D> {
    const BUILTIN: Builtin = D::BUILTIN;

    /// Binds a route to the VRF of its table, which must be the only one; the messages are those of the
    /// built-in behaviours.
    fn build_state(tunnel: &mut TunnelBuilder<'_>, extack: &mut ExtAck) -> Result {
        let ifindex = tunnel.vrf_ifindex().inspect_err(|&err| {
            if err == EPERM {
                extack.set_message(c"Strict mode for VRF is disabled");
            } else if err == ENODEV {
                extack.set_message(c"Table has no associated VRF device");
            }
        })?;
        tunnel.bind_to_vrf(ifindex);
        if let Some(warning) = futility(D::FOR, tunnel, ifindex) {
            extack.set_message(warning);
        }
        Ok(())
    }

    #[inline]
    fn input(
        skb: SkBuff<Outer>,
        tunnel: Tunnel<'_>,
        rcu: ReadSection<'_>,
    ) -> Result<Delivered, Dropped> {
        endpoint::input::<D>(skb, tunnel, rcu)
    }

    fn observe(packet: &Observed<'_>, _: Tunnel<'_>, rcu: ReadSection<'_>) {
        audit::observe::<D>(packet, rcu);
    }
}

/// Why a route that is accepted does not do what it is for, as far as is known now. Accepted it is
/// nonetheless, as by the built-in behaviour: that may change, except for the first.
fn futility(
    is_for: UpperLayers,
    tunnel: &TunnelBuilder<'_>,
    vrf_ifindex: i32,
) -> Option<&'static CStr> {
    let guard = rcu::read_lock();
    let rcu = ReadSection::from(&guard);
    if tunnel.is_dead_on_loopback(rcu) {
        return Some(c"A SID on a loopback device gets no packets: use the VRF as dev");
    }
    if tunnel.is_own_address() {
        return Some(c"The SID is an address of this host, which takes its packets");
    }
    let vrf = tunnel.net().device_by_index(vrf_ifindex, rcu)?;
    if is_for.ipv4 {
        let Some(settings) = vrf.ipv4(rcu).filter(|settings| settings.forwards()) else {
            return Some(c"The VRF does not forward IPv4: see net.ipv4.ip_forward");
        };
        if drops_other_sites(settings) {
            return Some(
                c"The VRF's rp_filter drops what other sites send: use 0, or 2 and an address",
            );
        }
    }
    if is_for.ipv6 && !vrf.forwards_ipv6(rcu) {
        return Some(c"The VRF does not forward IPv6: see net.ipv6.conf.all.forwarding");
    }
    None
}

/// Whether a VRF that is set up so takes sources for wrong which are reached by a tunnel, hence not by
/// itself: in strict mode, and without an address in loose mode, too; `__fib_validate_source()`.
fn drops_other_sites(settings: InDevice<'_>) -> bool {
    match settings.rp_filter() {
        0 => false,
        1 => true,
        _ => !settings.has_address(),
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Which VRF serves a route.
//!
//! The route holds the index of a device, which may be gone, or may have become another one. So the
//! device has to be a VRF that serves the route's table; if it is not, one that is gets looked for.

use kernel_ext::{
    l3mdev::{
        self,
        L3Master, //
    },
    net_namespace::Net,
    netdevice::NetDevice,
    rcu::ReadSection,
    seg6_local::Tunnel,
    skbuff::{
        state::Valid,
        SkBuff, //
    },
};

/// The VRF of the route: one that serves the table that the route names, in its namespace.
#[inline]
pub(crate) fn of_route<'rcu, F>(
    skb: &SkBuff<Valid<F>>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'rcu>,
) -> Option<L3Master<'rcu>> {
    let net = skb.dev(rcu).net();
    if !tunnel.is_of(net) {
        return None;
    }
    // The index may have been given to another device, even to another tenant's VRF.
    match net
        .device_by_index(tunnel.vrf_ifindex(), rcu)
        .and_then(NetDevice::as_l3_master)
    {
        Some(vrf) if vrf.table() == tunnel.vrf_table() => Some(vrf),
        _ => search(net, tunnel, rcu),
    }
}

/// Looks for a VRF that came in place of the one that the route was bound to, and binds the route
/// to it.
///
/// A search that fails is not repeated before a device of the namespace has come or gone: the route
/// remembers the number that changes then, as a negative index, which the built-in code understands
/// too. It is the kernel's, so that what an earlier load of the module has left is as good.
#[cold]
fn search<'rcu>(
    net: Net<'_>,
    tunnel: Tunnel<'_>,
    rcu: ReadSection<'rcu>,
) -> Option<L3Master<'rcu>> {
    let absent = (net.dev_base_seq() | 1 << 31) as i32;
    if tunnel.vrf_ifindex() == absent {
        return None;
    }
    let vrf = l3mdev::l3_master_by_table(net, tunnel.vrf_table(), rcu);
    tunnel.set_vrf_ifindex(vrf.map_or(absent, |vrf| vrf.device().ifindex()));
    vrf
}

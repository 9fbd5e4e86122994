// SPDX-License-Identifier: GPL-2.0

//! L3 master devices: VRFs.
//!
//! C header: `include/net/l3mdev.h`

use crate::{
    bindings,
    family::Family,
    net_namespace::Net,
    netdevice::NetDevice,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Valid, //
        },
        Delivered, DropReason, Dropped, SkBuff,
    }, //
};
use kernel::{
    error::to_result,
    prelude::*, //
};

/// The index of the VRF that alone is bound to `table` in `net`;
/// `l3mdev_ifindex_lookup_by_table_id()`.
///
/// Fails with `EPERM` if the namespace does not have VRFs in strict mode, with `ENODEV` if no
/// VRF is bound to the table, with `EINVAL` if the VRF driver is not there.
///
/// Control path only: takes spin locks that softirqs must not wait for.
pub(crate) fn vrf_ifindex_by_table(net: Net<'_>, table: u32) -> Result<i32> {
    // SAFETY: The namespace is alive; the function has no further requirements.
    let ifindex = unsafe {
        bindings::l3mdev_ifindex_lookup_by_table_id(bindings::L3MDEV_TYPE_VRF, net.as_ptr(), table)
    };
    to_result(ifindex)?;
    Ok(ifindex)
}

/// The L3 master device in `net` that alone is bound to `table`.
///
/// The time it takes grows with the number of devices: not for every packet.
pub fn l3_master_by_table<'rcu>(
    net: Net<'_>,
    table: u32,
    rcu: ReadSection<'rcu>,
) -> Option<L3Master<'rcu>> {
    let mut bound = net
        .devices(rcu)
        .filter_map(NetDevice::as_l3_master)
        .filter(|master| master.table() == table);
    let only = bound.next()?;
    bound.next().is_none().then_some(only)
}

/// An L3 master device: one that routes what it receives in a table of its own.
///
/// # Invariants
///
/// The device has `IFF_L3MDEV_MASTER`, and `ops` is its table of operations, which has
/// `l3mdev_fib_table` and `l3mdev_l3_rcv`.
#[derive(Clone, Copy)]
pub struct L3Master<'a> {
    dev: NetDevice<'a>,
    fib_table: unsafe extern "C" fn(*const bindings::net_device) -> u32,
    receive: unsafe extern "C" fn(
        *mut bindings::net_device,
        *mut bindings::sk_buff,
        u16,
    ) -> *mut bindings::sk_buff,
}

/// What became of a packet that an L3 master device received.
pub enum Reception<F> {
    /// It goes on to routing.
    Packet(SkBuff<Received<F>>),
    /// A netfilter hook or a tap of the device took it.
    Taken(Delivered),
}

impl<'a> NetDevice<'a> {
    /// The device as an L3 master (a VRF), if it is one; `netif_is_l3_master()`.
    #[inline]
    pub fn as_l3_master(self) -> Option<L3Master<'a>> {
        if self.priv_flags() & bindings::IFF_L3MDEV_MASTER == 0 {
            return None;
        }
        // SAFETY: By the type invariant. An L3 master has operations, on which the kernel relies,
        // too (`l3mdev_fib_table_rcu()`): static memory of its driver, set before it is registered.
        let ops = unsafe { &*(*self.as_ptr()).l3mdev_ops };
        // INVARIANT: Just checked.
        Some(L3Master {
            dev: self,
            fib_table: ops.l3mdev_fib_table?,
            receive: ops.l3mdev_l3_rcv?,
        })
    }
}

impl<'a> L3Master<'a> {
    /// The device itself.
    #[inline]
    pub fn device(self) -> NetDevice<'a> {
        self.dev
    }

    /// The routing table of the device.
    #[inline]
    pub fn table(self) -> u32 {
        // SAFETY: By the type invariant the operation is one of this device.
        unsafe { (self.fib_table)(self.dev.as_ptr()) }
    }

    /// Receives the packet as if it had come in on this device: statistics, taps and netfilter's
    /// PREROUTING; `end_dt_vrf_rcv()`.
    ///
    /// The device is also the one that a socket is told of, and that it has to be bound to. The
    /// built-in code leaves the port of the outer packet there, which belongs to another VRF.
    ///
    /// The device leaves messages of IPv6 neighbour discovery to the port that they came in by. There is
    /// none for what came through a tunnel, from another link, and such a message is dropped.
    #[inline]
    pub fn receive<F: Family>(self, mut skb: SkBuff<Valid<F>>) -> Result<Reception<F>, Dropped> {
        skb.set_iif::<F>(self.dev.ifindex());
        // If the decapsulated packet has no MAC header, the device makes one up for its taps.
        // SAFETY: By the type invariant the operation is one of this device. It takes over the
        // buffer and gives it back, or null if it has disposed of it.
        let skb = unsafe { (self.receive)(self.dev.as_ptr(), skb.into_raw(), F::NUMBER) };
        if skb.is_null() {
            return Ok(Reception::Taken(Delivered::new()));
        }
        // SAFETY: The buffer is ours again, still on the receive path, and the device has received
        // it; that it is now `dev` is checked next.
        let skb = unsafe { SkBuff::<Received<F>>::from_raw(skb) };
        if skb.raw_dev() != self.dev.as_ptr() {
            return Err(skb.drop_because(DropReason::UNHANDLED_PROTO));
        }
        Ok(Reception::Packet(skb))
    }
}

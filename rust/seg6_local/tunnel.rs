// SPDX-License-Identifier: GPL-2.0

//! The state of a route, `struct seg6_local_lwt`.
//!
//! Its layout and its meaning are those of the built-in code, which allocates it, dumps it, frees
//! it, and takes the route back when the module goes.

use super::builtin::{
    Action,
    Builtin, //
};
use crate::{
    bindings, fib6, l3mdev,
    net_namespace::Net,
    netdevice::NetDevice,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::Outer,
        Delivered,
        Dropped,
        SkBuff, //
    },
};
use core::{
    marker::PhantomData,
    ptr::{
        self,
        NonNull, //
    },
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// The state of a route that a packet was routed into.
///
/// # Invariants
///
/// `ptr` points to the state of a seg6local route that stays allocated for `'a`, an RCU read-side
/// section. Fields may change at any time.
#[derive(Clone, Copy)]
pub struct Tunnel<'a> {
    ptr: NonNull<bindings::seg6_local_lwt>,
    alive: PhantomData<&'a bindings::seg6_local_lwt>,
}

impl<'a> Tunnel<'a> {
    /// # Safety
    ///
    /// `ptr` must point to the state of a seg6local route that stays allocated for `'a`.
    #[inline]
    pub(super) unsafe fn from_raw(ptr: *mut bindings::seg6_local_lwt) -> Self {
        Self {
            // SAFETY: State is not at address null.
            // INVARIANT: By the safety requirements.
            ptr: unsafe { NonNull::new_unchecked(ptr) },
            alive: PhantomData,
        }
    }

    /// The state of the route that `route` comes from, if it is one of the seg6local tunnel;
    /// `seg6_local_lwtunnel()`.
    pub(super) fn of_route(route: fib6::Route<'a>) -> Option<Self> {
        // SAFETY: By the type invariant of `Route`. It holds a reference to its tunnel's state, which
        // is behind the head that all tunnels have.
        unsafe {
            let state = (*route.as_ptr().as_ptr()).dst.lwtstate;
            if state.is_null() || u32::from((*state).type_) != bindings::LWTUNNEL_ENCAP_SEG6_LOCAL {
                return None;
            }
            Some(Self::from_raw((&raw mut (*state).data).cast()))
        }
    }

    #[inline]
    pub(super) fn as_ptr(self) -> *mut bindings::seg6_local_lwt {
        self.ptr.as_ptr()
    }

    /// The behaviour of the route.
    #[inline]
    pub(super) fn action(self) -> Action {
        // SAFETY: By the type invariant; the field does not change after creation.
        Action(unsafe { (*self.as_ptr()).action })
    }

    /// Whether the route names a table instead of a VRF; `seg6_end_dt6_get_mode()`.
    #[inline]
    fn names_table(self) -> bool {
        // SAFETY: By the type invariant; the field does not change after creation.
        unsafe { (*self.as_ptr()).dt_info.mode != bindings::DT_VRF_MODE }
    }

    /// Whether the route, which is one of the behaviour, can be served in place of the built-in code: not
    /// if it names a table instead of a VRF.
    #[inline]
    pub(super) fn is_served_as(self, builtin: &Builtin) -> bool {
        !(builtin.has_tables && self.names_table())
    }

    /// The table of the VRF that serves the route.
    #[inline]
    pub fn vrf_table(self) -> u32 {
        // SAFETY: By the type invariant; the field does not change after creation.
        unsafe { (*self.as_ptr()).dt_info.vrf_table as u32 }
    }

    /// The index of the VRF device; negative if there is none.
    #[inline]
    pub fn vrf_ifindex(self) -> i32 {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).dt_info.vrf_ifindex) }
    }

    /// Sets the index of the VRF device. The built-in code drops packets if it is negative.
    pub fn set_vrf_ifindex(self, ifindex: i32) {
        // SAFETY: By the type invariant. Others read and write the field meanwhile, so the write
        // is atomic.
        unsafe { Atomic::from_ptr(&raw mut (*self.as_ptr()).dt_info.vrf_ifindex) }
            .store(ifindex, Relaxed);
    }

    /// Gives the route a packet that has become another one, as if it had been routed into it just
    /// now; `desc->input()`. The counters of the route do not see it.
    ///
    /// Packet path only.
    pub fn input(self, skb: SkBuff<Outer>, _rcu: ReadSection<'_>) -> Result<Delivered, Dropped> {
        let tunnel = self.as_ptr();
        // SAFETY: By the type invariant; a route points to a descriptor at any time, which leads to
        // an input function. That takes over the buffer, in the read-side section of which `_rcu` is
        // evidence, as `seg6_local_input_core()` has it.
        Delivered::by_next_layer(unsafe {
            let desc = read_once(&raw const (*tunnel).desc);
            let input = read_once(&raw const (*desc).input);
            input.unwrap_unchecked()(skb.into_raw(), tunnel)
        })
    }

    /// Whether the route was made in namespace `net`.
    #[inline]
    pub fn is_of(self, net: Net<'_>) -> bool {
        // SAFETY: By the type invariant; the field does not change after creation. It is compared
        // only: the state does not keep the namespace alive.
        ptr::eq(unsafe { (*self.as_ptr()).dt_info.net }, net.as_ptr())
    }
}

/// The state of a route that is being created.
///
/// # Invariants
///
/// `tunnel` is the state of a route that nobody else sees yet, with its attributes parsed; `config`
/// is what the request asks for, and `family` what the behaviour decapsulates.
pub struct TunnelBuilder<'a> {
    tunnel: &'a mut bindings::seg6_local_lwt,
    config: &'a bindings::fib6_config,
    net: Net<'a>,
    family: u16,
}

impl<'a> TunnelBuilder<'a> {
    /// # Safety
    ///
    /// The arguments must be those of a `build_state()` operation of the seg6local tunnel.
    pub(super) unsafe fn from_raw(
        tunnel: *mut bindings::seg6_local_lwt,
        config: *const bindings::fib6_config,
        family: u16,
    ) -> Self {
        // SAFETY: By the safety requirements the state is ours to write and `config` is that of
        // the request, which does not change meanwhile, and whose namespace stays until it has been
        // answered.
        unsafe {
            Self {
                tunnel: &mut *tunnel,
                config: &*config,
                net: Net::from_raw((*config).fc_nlinfo.nl_net),
                family,
            }
        }
    }

    /// The namespace of the request.
    pub fn net(&self) -> Net<'a> {
        self.net
    }

    /// The table that the request names.
    pub fn vrf_table(&self) -> u32 {
        self.tunnel.dt_info.vrf_table as u32
    }

    /// The index of the VRF that alone is bound to that table.
    ///
    /// Fails with `EPERM` if the namespace does not have VRFs in strict mode, with `ENODEV` if no
    /// VRF is bound to the table, with `EINVAL` if the VRF driver is not there.
    pub fn vrf_ifindex(&self) -> Result<i32> {
        l3mdev::vrf_ifindex_by_table(self.net, self.vrf_table())
    }

    /// Whether the kernel makes the route one that refuses all packets, because its device is a
    /// loopback device; `fib6_is_reject()`. It does not for a nexthop object.
    pub fn is_dead_on_loopback(&self, rcu: ReadSection<'_>) -> bool {
        let config = self.config;
        // Only a route has a protocol: `ip6_route_info_create()`, `nh_create_ipv6()`.
        config.fc_protocol != 0
            && config.fc_flags & (bindings::RTF_LOCAL | bindings::RTF_ANYCAST) == 0
            && self
                .net
                .device_by_index(config.fc_ifindex, rcu)
                .is_some_and(NetDevice::is_loopback)
    }

    /// Whether the SID is an address of this host outside of all VRFs. Rules look into the table of
    /// these first, so its packets do not get to a route of the main table.
    ///
    /// Of a nexthop object the SID is not known.
    pub fn is_own_address(&self) -> bool {
        let config = self.config;
        config.fc_table == bindings::RT_TABLE_MAIN
            && config.fc_dst_len == 128
            // SAFETY: The namespace is alive; without a device the function looks outside of VRFs.
            && unsafe {
                bindings::ipv6_chk_addr(self.net.as_ptr(), &config.fc_dst, ptr::null(), 0)
            } != 0
    }

    /// Binds the route to the VRF with index `ifindex`; `__seg6_end_dt_vrf_build()`.
    pub fn bind_to_vrf(&mut self, ifindex: i32) {
        let info = &mut self.tunnel.dt_info;
        info.net = self.net.as_ptr();
        info.vrf_ifindex = ifindex;
        info.family = self.family;
        info.mode = bindings::DT_VRF_MODE;
    }
}

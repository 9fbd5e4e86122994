// SPDX-License-Identifier: GPL-2.0

//! The IPv4 routing tables, and what is found in them.
//!
//! These are the parts of the kernel's own lookup (`ip_route_input_noref()`), without its policy
//! rules, see [`fib_rules`](crate::fib_rules).
//!
//! C headers: `include/net/ip_fib.h`, `include/net/route.h`

use crate::{
    bindings,
    net_namespace::Net,
    netdevice::NetDevice,
    once::read_once,
    rcu::ReadSection,
    route::Header, //
};
use core::{
    marker::PhantomData,
    mem::{
        offset_of,
        MaybeUninit, //
    },
    ptr::NonNull,
};
use kernel::prelude::*;

impl<'a> Net<'a> {
    /// The routing table with number `id`; `fib_get_table()`.
    #[inline]
    pub fn ipv4_table<'rcu>(self, id: u32, _rcu: ReadSection<'rcu>) -> Option<Table<'rcu>> {
        let id = if id == 0 { bindings::RT_TABLE_MAIN } else { id };
        let bucket = (id & (bindings::FIB_TABLE_HASHSZ - 1)) as usize;
        // SAFETY: By the type invariant; the array of lists does not change as long as the namespace
        // has devices.
        let mut node = unsafe {
            let hash = (*self.as_ptr()).ipv4.fib_table_hash;
            read_once(&raw const (*hash.add(bucket)).first)
        };
        loop {
            let table: *mut bindings::fib_table = NonNull::new(node)?
                .as_ptr()
                .wrapping_byte_sub(offset_of!(bindings::fib_table, tb_hlist))
                .cast();
            // SAFETY: The node is that of a table, which `_rcu` keeps. Its number does not change.
            unsafe {
                if (*table).tb_id == id {
                    // INVARIANT: As above.
                    return Some(Table {
                        ptr: table,
                        alive: PhantomData,
                    });
                }
                node = read_once(&raw const (*node).next);
            }
        }
    }

    /// Whether a rule or a next hop has a realm, which becomes part of the routes that are found;
    /// `fib_num_tclassid_users()`.
    #[inline]
    pub fn has_realms(self) -> bool {
        // SAFETY: By the type invariant. Others write the number meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv4.fib_num_tclassid_users.counter) != 0 }
    }

    /// The generation of IPv4 routes; those of another one are no longer valid. `rt_genid_ipv4()`
    #[inline]
    fn ipv4_route_generation(self) -> i32 {
        // SAFETY: By the type invariant. Others write the number meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv4.rt_genid.counter) }
    }
}

/// What is looked up in a table, `struct flowi4`: a destination, and by what else routes are chosen.
///
/// Rules may select by more; the plain ones do not.
pub struct Flow(bindings::flowi4);

impl Flow {
    /// The way of a packet with this header that was received by the device with index `iif`.
    #[inline]
    pub fn received(header: Header, iif: i32) -> Self {
        Self(bindings::flowi4 {
            __fl_common: bindings::flowi_common {
                flowic_oif: 0,
                flowic_iif: iif,
                flowic_l3mdev: 0,
                flowic_mark: 0,
                flowic_dscp: header.dscp,
                flowic_scope: bindings::RT_SCOPE_UNIVERSE as u8,
                flowic_proto: 0,
                flowic_flags: 0,
                flowic_secid: 0,
                flowic_uid: bindings::kuid_t { val: 0 },
                flowic_multipath_hash: 0,
                flowic_tun_key: bindings::flowi_tunnel { tun_id: 0 },
            },
            saddr: header.source,
            daddr: header.destination,
            uli: bindings::flowi_uli { gre_key: 0 },
        })
    }

    /// Makes it the way back.
    #[inline]
    pub fn turn(&mut self) {
        (self.0.saddr, self.0.daddr) = (self.0.daddr, self.0.saddr);
    }
}

/// A routing table, `struct fib_table`.
///
/// # Invariants
///
/// `ptr` points to a table that stays allocated for `'rcu`, an RCU read-side section.
#[derive(Clone, Copy)]
pub struct Table<'rcu> {
    ptr: *mut bindings::fib_table,
    alive: PhantomData<&'rcu bindings::fib_table>,
}

/// What a table says.
pub enum Answer<'rcu> {
    /// It has a route to another host or a network: `RTN_UNICAST`.
    Unicast(Route<'rcu>),
    /// It has a route of another kind: to an address of this host, or a broadcast address.
    Other,
    /// It has none, or one that refers to the next table.
    Next,
    /// It has one that refuses.
    Refusal,
}

impl<'rcu> Table<'rcu> {
    /// Looks a flow up; `fib_table_lookup()`.
    #[inline]
    pub fn lookup(self, flow: &Flow) -> Answer<'rcu> {
        let mut result = MaybeUninit::<bindings::fib_result>::uninit();
        // SAFETY: By the type invariant; `FIB_LOOKUP_NOREF` takes no reference.
        let err = unsafe {
            bindings::fib_table_lookup(
                self.ptr,
                &flow.0,
                result.as_mut_ptr(),
                bindings::FIB_LOOKUP_NOREF as c_int,
            )
        };
        match err {
            0 => {}
            AGAIN => return Answer::Next,
            _ => return Answer::Refusal,
        }
        let result = result.as_ptr();
        // SAFETY: On success the lookup has filled in what is read here.
        unsafe {
            if u32::from((*result).type_) != bindings::RTN_UNICAST {
                return Answer::Other;
            }
            // INVARIANT: What is in a table is freed by RCU.
            Answer::Unicast(Route {
                info: NonNull::new_unchecked((*result).fi),
                next_hop: NonNull::new_unchecked((*result).nhc),
                alive: PhantomData,
            })
        }
    }
}

const AGAIN: c_int = -(bindings::EAGAIN as c_int);

/// A route to another host or a network, as it was found; `struct fib_result`.
///
/// # Invariants
///
/// `info` points to a `struct fib_info`, and `next_hop` to one of its next hops. Both stay allocated
/// for `'rcu`, an RCU read-side section.
#[derive(Clone, Copy)]
pub struct Route<'rcu> {
    info: NonNull<bindings::fib_info>,
    next_hop: NonNull<bindings::fib_nh_common>,
    alive: PhantomData<&'rcu bindings::fib_info>,
}

impl<'rcu> Route<'rcu> {
    /// The next hop, if it is the only one.
    #[inline]
    pub fn only_next_hop(self) -> Option<NextHop<'rcu>> {
        let info = self.info.as_ptr();
        // SAFETY: By the type invariant; the fields do not change.
        let number = unsafe {
            if (*info).nh.is_null() {
                (*info).fib_nhs
            } else {
                bindings::fib_info_num_path(info)
            }
        };
        // INVARIANT: By the type invariant.
        (number == 1).then_some(NextHop {
            ptr: self.next_hop,
            alive: PhantomData,
        })
    }

    /// Whether a next hop is by `dev`, or by a device that is enslaved to it;
    /// `fib_info_nh_uses_dev()`.
    #[inline]
    pub fn uses(self, dev: NetDevice<'rcu>) -> bool {
        // SAFETY: By the type invariants.
        unsafe { bindings::fib_info_nh_uses_dev(self.info.as_ptr(), dev.as_ptr()) }
    }
}

/// A next hop, `struct fib_nh_common`.
///
/// # Invariants
///
/// `ptr` points to one that stays allocated for `'rcu`, an RCU read-side section. Others write it.
#[derive(Clone, Copy)]
pub struct NextHop<'rcu> {
    ptr: NonNull<bindings::fib_nh_common>,
    alive: PhantomData<&'rcu bindings::fib_nh_common>,
}

impl<'rcu> NextHop<'rcu> {
    /// The device that leads there.
    #[inline]
    pub fn device(self) -> Option<NetDevice<'rcu>> {
        // SAFETY: By the type invariant. Next hops of routes that were found have a device, which
        // they keep; others clear the field in those that are going.
        unsafe {
            let dev = read_once(&raw const (*self.ptr.as_ptr()).nhc_dev);
            (!dev.is_null()).then(|| NetDevice::from_raw(dev))
        }
    }

    /// Whether there are destinations by this next hop that have a route of their own, after a
    /// redirect or a smaller MTU.
    #[inline]
    pub fn has_exceptions(self) -> bool {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        !unsafe { read_once(&raw const (*self.ptr.as_ptr()).nhc_exceptions) }.is_null()
    }

    /// The route that the kernel gives to received packets which go this way, if it has made one
    /// and it is valid in `net`; `rt_cache_valid()`.
    #[inline]
    pub fn input_route(self, net: Net<'_>) -> Option<InputRoute<'rcu>> {
        // SAFETY: By the type invariant. It is an RCU pointer. Others write both fields meanwhile.
        unsafe {
            let route = NonNull::new(read_once(&raw const (*self.ptr.as_ptr()).nhc_rth_input))?;
            let rtable = route.as_ptr();
            let valid = read_once(&raw const (*rtable).dst.obsolete) == FORCE_CHECK
                && (*rtable).rt_genid == net.ipv4_route_generation();
            // INVARIANT: As above.
            valid.then_some(InputRoute {
                ptr: route,
                alive: PhantomData,
            })
        }
    }
}

/// `DST_OBSOLETE_FORCE_CHK`: valid as long as its generation is the present one.
pub(crate) const FORCE_CHECK: i16 = bindings::DST_OBSOLETE_FORCE_CHK as i16;

/// A route for received packets, `struct rtable`.
///
/// # Invariants
///
/// `ptr` points to an input route of IPv4 that stays allocated for `'rcu`, an RCU read-side section.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InputRoute<'rcu> {
    ptr: NonNull<bindings::rtable>,
    alive: PhantomData<&'rcu bindings::rtable>,
}

impl InputRoute<'_> {
    /// The C pointer.
    #[inline]
    pub(crate) fn as_dst(self) -> *mut bindings::dst_entry {
        self.ptr.as_ptr().cast()
    }
}

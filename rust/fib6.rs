// SPDX-License-Identifier: GPL-2.0

//! The IPv6 routing tables, and the route of a received packet.
//!
//! A route found here can be remembered, so it has to be known what would make the kernel choose
//! another one. The generation of a namespace ([`Net::ipv6_generation`]) tells of most changes, after
//! they were made: routes and rules that are added, replaced, go down or come up. It does not tell
//! of three: a route that goes, one whose time is over, and a sysctl that makes routes over a link
//! without a carrier usable, or not. So [`Table::sole_route`] only knows routes that none of these
//! can touch but the first one, for which [`Route::is_valid`] is there.
//!
//! C headers: `include/net/ip6_fib.h`, `include/net/ip6_route.h`

mod prefix;
mod route;

pub use prefix::Prefix;
pub use route::Route;

use crate::{
    bindings::{
        self,
        fib6_info,
        fib6_node, //
    },
    fib::FORCE_CHECK,
    net_namespace::Net,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::{
            Incoming,
            Ipv6Packet, //
        },
        SkBuff, //
    },
};
use core::ptr::{
    self,
    NonNull, //
};

/// An IPv6 address as two numbers whose octets are in network byte order.
pub type Address = [u64; 2];

/// Whether the bit at `place`, counted from the left, is set; `addr_bit_set()`.
#[inline]
fn bit(address: Address, place: u16) -> bool {
    let word = u64::from_be(address[usize::from(place >> 6 & 1)]);
    word >> (63 - (place & 63)) & 1 != 0
}

impl<'rcu> Net<'rcu> {
    /// The generation of the routes and rules for IPv6; `rt_genid_ipv6()`.
    #[inline]
    pub fn ipv6_generation(self) -> i32 {
        // SAFETY: By the type invariant. Others write the number meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv6.fib6_sernum.counter) }
    }

    /// Whether there are routes for certain sources only; `fib6_routes_require_src()`.
    #[inline]
    pub fn has_ipv6_routes_by_source(self) -> bool {
        // SAFETY: By the type invariant. Others write the number meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv6.fib6_routes_require_src) != 0 }
    }

    /// The routing table with number `id`; `fib6_get_table()`.
    pub fn ipv6_table(self, id: u32, _rcu: ReadSection<'rcu>) -> Option<Table<'rcu>> {
        // SAFETY: By the type invariant. A table stays as long as its namespace.
        let ptr = NonNull::new(unsafe { bindings::fib6_get_table(self.as_ptr(), id) })?;
        // INVARIANT: As said above.
        Some(Table { ptr, net: self })
    }
}

/// What of a received packet decides about its way, `struct flowi6`.
pub struct Flow(bindings::flowi6);

impl<S: Ipv6Packet> SkBuff<S> {
    /// The destination of the packet, and what else its way is looked up by, as `ip6_route_input()` has
    /// it; [`None`] if the header is not linear.
    #[inline]
    pub fn flow(&self, rcu: ReadSection<'_>) -> Option<(Address, Flow)> {
        // Traffic class and flow label.
        const FLOW_INFO: u32 = 0x0fff_ffff;

        let header: &[u8; 40] = self.linear().first_chunk()?;
        let mut flow = bindings::flowi6::default();
        flow.__fl_common.flowic_iif = self.dev(rcu).ifindex();
        flow.__fl_common.flowic_mark = self.mark();
        flow.__fl_common.flowic_proto = header[NEXT_HEADER];
        flow.flowlabel =
            u32::from_ne_bytes([header[0], header[1], header[2], header[3]]) & FLOW_INFO.to_be();
        let (source, destination) = (address(header, 8), address(header, 24));
        // SAFETY: The types are as large as each other, and hold integers only.
        unsafe {
            (&raw mut flow.saddr)
                .cast::<Address>()
                .write_unaligned(source);
            (&raw mut flow.daddr)
                .cast::<Address>()
                .write_unaligned(destination);
        }
        Some((destination, Flow(flow)))
    }
}

impl SkBuff<Incoming> {
    /// The Next Header field of the IPv6 header.
    #[inline(always)]
    pub(crate) fn next_header(&self) -> u8 {
        // SAFETY: By the invariant of `Incoming` the header is linear. Nobody else has the buffer.
        unsafe { *(*self.as_ptr()).data.add(NEXT_HEADER) }
    }
}

/// Offset of the Next Header field in an IPv6 header.
const NEXT_HEADER: usize = 6;

/// The destination of the packet that begins with `data`.
#[inline]
pub fn destination(data: &[u8]) -> Option<Address> {
    data.first_chunk().map(|header| address(header, 24))
}

/// The address at `offset` of an IPv6 header.
#[inline]
pub(crate) fn address(header: &[u8; 40], offset: usize) -> Address {
    let word = |at: usize| {
        let mut octets = [0; 8];
        octets.copy_from_slice(&header[at..at + 8]);
        u64::from_ne_bytes(octets)
    };
    [word(offset), word(offset + 8)]
}

/// A routing table, `struct fib6_table`.
///
/// # Invariants
///
/// `ptr` points to a table of `net` that stays allocated for `'rcu`, an RCU read-side section.
#[derive(Clone, Copy)]
pub struct Table<'rcu> {
    ptr: NonNull<bindings::fib6_table>,
    net: Net<'rcu>,
}

/// What a table says of an address.
pub enum Answer<'rcu> {
    /// One route, and no other that could ever take its place without a new generation.
    Sole(SoleRoute<'rcu>),
    /// No route at all.
    Next,
    /// Anything else.
    Doubt,
}

/// A route as a table has it, `struct fib6_info`.
///
/// # Invariants
///
/// `info` is a route in `table`, and `next_hop` its only one; both stay allocated for `'rcu`, an RCU
/// read-side section.
pub struct SoleRoute<'rcu> {
    info: NonNull<fib6_info>,
    next_hop: NonNull<bindings::fib6_nh>,
    table: Table<'rcu>,
}

impl<'rcu> Table<'rcu> {
    /// The route for `address`, if there is but one to choose from; follows `fib6_node_lookup()` and
    /// `rt6_select()`.
    ///
    /// Routes for certain sources are not looked at.
    #[inline]
    pub fn sole_route(self, address: Address) -> Answer<'rcu> {
        let Some(node) = self.closest(address) else {
            return Answer::Next;
        };
        // SAFETY: The node is one of the table, and what hangs on it is freed by RCU, as is what its
        // routes point to. Others write the fields that are read once; the rest does not change.
        unsafe {
            let Some(info) = NonNull::new(read_once(&raw const (*node).leaf)) else {
                return Answer::Doubt;
            };
            let route = info.as_ptr();
            // What the root of the tree has if there is no default route.
            if ptr::eq(route, (*self.net.as_ptr()).ipv6.fib6_null_entry) {
                return Answer::Next;
            }
            let next = read_once(&raw const (*route).fib6_next);
            let rr = read_once(&raw const (*node).rr_ptr);
            let sole = (next.is_null() || (*next).fib6_metric != (*route).fib6_metric)
                && (rr.is_null() || rr == route)
                && read_once(&raw const (*route).fib6_nsiblings) == 0
                && read_once(&raw const (*route).fib6_flags) & bindings::RTF_EXPIRES == 0;
            if !sole {
                return Answer::Doubt;
            }
            let next_hop = match NonNull::new(read_once(&raw const (*route).nh)) {
                None => (&raw const (*route).fib6_nh).cast::<bindings::fib6_nh>(),
                Some(nexthop) if read_once(&raw const (*nexthop.as_ptr()).is_group) => {
                    return Answer::Doubt
                }
                Some(nexthop) => bindings::nexthop_fib6_nh(nexthop.as_ptr()).cast_const(),
            };
            let Some(next_hop) = NonNull::new(next_hop.cast_mut()) else {
                return Answer::Doubt;
            };
            let flags = read_once(&raw const (*next_hop.as_ptr()).nh_common.nhc_flags);
            if u32::from(flags) & (bindings::RTNH_F_DEAD | bindings::RTNH_F_LINKDOWN) != 0 {
                return Answer::Doubt;
            }
            // INVARIANT: As said above.
            Answer::Sole(SoleRoute {
                info,
                next_hop,
                table: self,
            })
        }
    }

    /// What `ip6_pol_route_input()` says.
    #[inline]
    fn ask<S: Ipv6Packet>(
        self,
        flow: &mut Flow,
        packet: &SkBuff<S>,
        _rcu: ReadSection<'rcu>,
    ) -> Option<Route<'rcu>> {
        const FLAGS: u32 = bindings::RT6_LOOKUP_F_HAS_SADDR | bindings::RT6_LOOKUP_F_DST_NOREF;

        // SAFETY: By the type invariants. The kernel takes no reference; `_rcu` is evidence of the
        // read-side section that keeps what it finds. The packet is marked if there are several next
        // hops.
        let route = unsafe {
            bindings::ip6_pol_route(
                self.net.as_ptr(),
                self.ptr.as_ptr(),
                flow.0.__fl_common.flowic_iif,
                &mut flow.0,
                packet.as_ptr(),
                FLAGS as i32,
            )
        };
        // SAFETY: As said above.
        Some(unsafe { Route::from_raw(NonNull::new(route)?) })
    }

    /// The node with the longest prefix that covers `address` and has routes.
    fn closest(self, address: Address) -> Option<*const fib6_node> {
        // SAFETY: By the type invariant. Nodes of the tree are freed by RCU. Others write the pointers
        // and the flags meanwhile, by its rules; the rest does not change.
        unsafe {
            let mut node = &raw const (*self.ptr.as_ptr()).tb6_root;
            loop {
                let next = if bit(address, (*node).fn_bit) {
                    read_once(&raw const (*node).right)
                } else {
                    read_once(&raw const (*node).left)
                };
                if next.is_null() {
                    break;
                }
                node = next;
            }
            loop {
                let flags = u32::from(read_once(&raw const (*node).fn_flags));
                if flags & bindings::RTN_RTINFO != 0 {
                    let leaf = read_once(&raw const (*node).leaf);
                    if !leaf.is_null() && Prefix::of(&raw const (*leaf).fib6_dst).covers(address) {
                        return Some(node);
                    }
                }
                if flags & bindings::RTN_ROOT != 0 {
                    return None;
                }
                node = read_once(&raw const (*node).parent).cast_const();
                if node.is_null() {
                    return None;
                }
            }
        }
    }
}

impl<'rcu> SoleRoute<'rcu> {
    /// Whether some destination by it may have a route of its own, after a redirect or a smaller MTU.
    #[inline]
    pub fn has_exceptions(&self) -> bool {
        // SAFETY: By the type invariant. Others write the field meanwhile.
        let bucket =
            unsafe { read_once(&raw const (*self.next_hop.as_ptr()).rt6i_exception_bucket) };
        !bucket.is_null()
    }

    /// The route that this CPU has for packets by it, which is the kernel's answer too where routers
    /// need not be reachable (a host prefers those that are) and no destination has a route of its own;
    /// `rt6_get_pcpu_route()`. [`None`] if the kernel has not made it yet, or would make it anew.
    ///
    /// Packet path only.
    #[inline]
    pub fn of_this_cpu(&self, _rcu: ReadSection<'rcu>) -> Option<Route<'rcu>> {
        // SAFETY: By the type invariant. A next hop has per-CPU memory, and what is there is a route or
        // null; others write it meanwhile. Such a route is freed a grace period after it was taken
        // away, so it stays for `_rcu`.
        unsafe {
            let routes = (*self.next_hop.as_ptr()).rt6i_pcpu;
            if routes.is_null() {
                return None;
            }
            let route = Route::from_raw(NonNull::new(bindings::this_cpu_rt6(routes))?);
            let made_in = (*route.as_ptr().as_ptr()).sernum;
            (made_in == 0 || made_in == self.table.net.ipv6_generation()).then_some(route)
        }
    }

    /// The route that the kernel gives to a packet, if it chooses this one; `ip6_pol_route_input()`.
    ///
    /// Not one that leads to a gateway, whose reachability may matter, nor one for the destination
    /// alone, after a redirect or a smaller MTU.
    pub fn for_packet(
        self,
        flow: &mut Flow,
        packet: &SkBuff<Incoming>,
        rcu: ReadSection<'rcu>,
    ) -> Option<Route<'rcu>> {
        let route = self.table.ask(flow, packet, rcu)?;
        // SAFETY: By the type invariant; these do not change.
        let (flags, error) = unsafe {
            let route = route.as_ptr().as_ptr();
            ((*route).rt6i_flags, (*route).dst.error)
        };
        (ptr::eq(route.origin(), self.info.as_ptr())
            && flags & (bindings::RTF_GATEWAY | bindings::RTF_CACHE) == 0
            && error == 0
            && route.is_valid())
        .then_some(route)
    }
}

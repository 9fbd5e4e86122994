// SPDX-License-Identifier: GPL-2.0

//! IPv6 routing of received packets.
//!
//! C header: `include/net/ip6_route.h`

use crate::{
    bindings,
    family::{
        sealed::Family,
        Ipv6, //
    },
    fib6::Route,
    net_namespace::Net,
    netdevice::NetDevice,
    once::read_once,
    rcu::ReadSection,
    skbuff::{
        state::{
            Received,
            Routed, //
        },
        DropReason,
        Dropped,
        SkBuff, //
    },
};
use core::cmp::Ordering;

/// What the hop-by-hop options of a packet say, RFC 8200 §4.3.
#[derive(Clone, Copy)]
pub struct HopByHop {
    /// How long the header is, in octets.
    pub len: usize,
    /// What kind of router shall look at the packet, RFC 2711. In network byte order.
    pub router_alert: Option<u16>,
    /// How long what follows the IPv6 header is, of a jumbogram (RFC 2675). In octets.
    pub jumbo: Option<u32>,
}

impl SkBuff<Received<Ipv6>> {
    /// Takes the hop-by-hop options into account, as the kernel does with what it receives itself;
    /// `ipv6_parse_hopopts()`. They are right behind the IPv6 header, and linear.
    ///
    /// The packet is dropped if it is shorter than a jumbogram says, or if the options are not linear.
    #[cold]
    pub fn take_hop_by_hop(mut self, options: HopByHop) -> Result<Self, Dropped> {
        let end = Ipv6::HEADER_LEN.saturating_add(options.len);
        if end > self.linear().len() {
            return Err(self.drop_because(DropReason::PKT_TOO_SMALL));
        }
        if let Some(len) = options.jumbo {
            self = self.trim_jumbogram(len as usize)?;
        }
        let transport_header = self.headers().network_header.wrapping_add(end as u16);
        self.headers_mut().transport_header = transport_header;
        // SAFETY: Integers only.
        let block = unsafe { self.cb::<bindings::inet6_skb_parm>() };
        block.flags |= bindings::IP6SKB_HOPBYHOP as u16;
        block.nhoff = Ipv6::HEADER_LEN as u16;
        if let Some(kind) = options.router_alert {
            block.flags |= bindings::IP6SKB_ROUTERALERT as u16;
            block.ra = kind;
        }
        if options.jumbo.is_some() {
            block.flags |= bindings::IP6SKB_JUMBOGRAM as u16;
        }
        Ok(self)
    }

    /// Cuts off what is behind `payload_len` octets from the end of the IPv6 header.
    fn trim_jumbogram(self, payload_len: usize) -> Result<Self, Dropped> {
        let len = Ipv6::HEADER_LEN.saturating_add(payload_len);
        match len.cmp(&self.len()) {
            Ordering::Equal => return Ok(self),
            Ordering::Greater => return Err(self.drop_because(DropReason::PKT_TOO_SMALL)),
            Ordering::Less => {}
        }
        // SAFETY: By the type invariant; the new length is less than the present one.
        match unsafe { bindings::pskb_trim_rcsum_slow(self.as_ptr(), len as u32) } {
            0 => Ok(self),
            _ => Err(self.drop_because(DropReason::NOMEM)),
        }
    }

    /// Gives the packet a way that was found; `skb_dst_set_noref()`.
    ///
    /// No reference to the route is taken: the RCU read-side section keeps it until the packet has
    /// been delivered.
    #[inline]
    pub fn set_route<'rcu>(
        mut self,
        route: Route<'rcu>,
        _rcu: ReadSection<'rcu>,
    ) -> SkBuff<Routed<Ipv6>> {
        self.set_dst_noref(route.as_ptr().as_ptr().cast());
        // SAFETY: A route is attached, for as long as `_rcu` lasts.
        unsafe { self.into_state() }
    }

    /// Lets the kernel find the way of the packet, by the rules and in the tables for the device it
    /// was received on; `ip6_route_input()`.
    ///
    /// A packet without a route gets one that answers with an ICMPv6 error, see
    /// [`SkBuff::<Routed<Ipv6>>::is_unroutable`].
    #[inline]
    pub fn route(self, _rcu: ReadSection<'_>) -> SkBuff<Routed<Ipv6>> {
        self.ask_route();
        // SAFETY: The function attaches a route in any case, for as long as `_rcu` lasts.
        unsafe { self.into_state() }
    }

    #[inline(always)]
    fn ask_route(&self) {
        // SAFETY: The buffer is ours and holds an IPv6 header at its network header. Only in a read-side
        // section is there one in this state.
        unsafe { bindings::ip6_route_input(self.as_ptr()) };
    }

    /// Whether the kernel, asked now, finds `route` for the packet. Leaves it without a route. For
    /// debugging.
    pub fn kernel_agrees(&mut self, route: Route<'_>, _rcu: ReadSection<'_>) -> bool {
        self.ask_route();
        let agrees = self.refdst() & !bindings::SKB_DST_NOREF == route.as_ptr().as_ptr() as usize;
        self.drop_dst();
        agrees
    }
}

impl Net<'_> {
    /// How long a hop-by-hop header may be, in octets, and how many options there may be without
    /// padding; a negative number forbids those that are not known, too. `net.ipv6.max_hbh_length`,
    /// `net.ipv6.max_hbh_opts_number`
    pub fn hop_by_hop_limits(self) -> (usize, i32) {
        // SAFETY: By the type invariant. Others write the settings meanwhile.
        let (len, number) = unsafe {
            let settings = &raw const (*self.as_ptr()).ipv6.sysctl;
            (
                read_once(&raw const (*settings).max_hbh_opts_len),
                read_once(&raw const (*settings).max_hbh_opts_cnt),
            )
        };
        (len.max(0) as usize, number)
    }
}

impl Net<'_> {
    /// Whether packets are forwarded: `net.ipv6.conf.all.forwarding`.
    #[inline]
    pub fn forwards_ipv6(self) -> bool {
        // SAFETY: By the type invariant; the settings for all devices go with the namespace. Others
        // write the field meanwhile.
        unsafe { read_once(&raw const (*(*self.as_ptr()).ipv6.devconf_all).forwarding) != 0 }
    }
}

impl NetDevice<'_> {
    /// Whether packets that come in by the device are forwarded: those of all are, or
    /// `net.ipv6.conf.DEVICE.force_forwarding` is set; `ip6_forward()`.
    pub fn forwards_ipv6(self, _rcu: ReadSection<'_>) -> bool {
        if self.net().forwards_ipv6() {
            return true;
        }
        // SAFETY: By the type invariant. `ip6_ptr` is an RCU pointer. Others write both meanwhile.
        unsafe {
            let idev = read_once(&raw const (*self.as_ptr()).ip6_ptr);
            !idev.is_null() && read_once(&raw const (*idev).cnf.force_forwarding) != 0
        }
    }
}

// SPDX-License-Identifier: GPL-2.0

//! What has been proved about a buffer, in the order in which End.DT4 proves it.
//!
//! The types have no values; they only mark [`SkBuff`](super::SkBuff).

/// An IPv6 packet at netfilter's PRE_ROUTING: `data` is at the IPv6 header, the control block is an
/// `inet6_skb_parm`. No route is attached as a rule.
pub enum Incoming {}

/// An IPv6 packet as `lwtunnel_input()` passes it on: `data` is at the IPv6 header, the control
/// block is an `inet6_skb_parm`, the route is attached.
pub enum Outer {}

/// The outer headers are gone: `data` and the network header are at what claims to be an IPv4
/// header, the control block is an `inet_skb_parm`, no route and no connection are attached. There is
/// no MAC header but of an aggregate of UDP datagrams.
pub enum Decapsulated {}

/// The IPv4 header including options is in the linear part, by its own length; the transport header
/// is set behind it, and the packet is as long as the header says (BIG TCP: as it does not say).
pub enum Ipv4 {}

/// The packet was received by an L3 master device, its hooks and taps included; `dev` is that
/// device.
pub enum Received {}

/// An IPv4 route is attached.
pub enum Routed {}

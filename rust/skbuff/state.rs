// SPDX-License-Identifier: GPL-2.0

//! What has been proved about a buffer, in the order in which a behaviour proves it.
//!
//! The types have no values; they only mark [`SkBuff`](super::SkBuff). `F` is the
//! [`Family`](crate::family::Family) of the inner packet.

use crate::family::Ipv6;
use core::marker::PhantomData;

/// A state in which the buffer holds an IPv6 packet: `data` and the network header are at its header,
/// the control block is an `inet6_skb_parm`.
pub trait Ipv6Packet {}

impl Ipv6Packet for Incoming {}
impl Ipv6Packet for Outer {}
impl Ipv6Packet for Received<Ipv6> {}

/// An IPv6 packet at netfilter's PRE_ROUTING: `data` is at the IPv6 header, which is linear, the control
/// block is an `inet6_skb_parm`. No route is attached as a rule.
pub enum Incoming {}

/// An IPv6 packet as `lwtunnel_input()` passes it on: `data` is at the IPv6 header, the control
/// block is an `inet6_skb_parm`, the route is attached.
pub enum Outer {}

/// The outer headers are gone: `data` and the network header are at what claims to be a header of `F`,
/// the control block is that of a packet of `F` which has just come in, no route and no connection are
/// attached. There is no MAC header but of an aggregate of UDP datagrams.
pub struct Decapsulated<F>(PhantomData<F>);

/// The header is in the linear part, by its own length (with IPv4 options, without IPv6 extension
/// headers); the transport header is set behind it, and the packet is as long as the header says (BIG
/// TCP and jumbograms: as it does not say).
pub struct Valid<F>(PhantomData<F>);

/// The packet was received by an L3 master device, its hooks and taps included; `dev` is that
/// device.
pub struct Received<F>(PhantomData<F>);

/// A route of `F` is attached.
pub struct Routed<F>(PhantomData<F>);

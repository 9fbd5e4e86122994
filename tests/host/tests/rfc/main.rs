// SPDX-License-Identifier: GPL-2.0

//! The rules by the sections of the RFCs that they come from: what is accepted and what is refused.

mod rfc1071;
mod rfc4291;
mod rfc4302;
mod rfc6040;
mod rfc6946;
mod rfc791;
mod rfc791_options;
mod rfc8200;
mod rfc8200_options;
mod rfc8754;
mod rfc8986;
mod rfc9800;

use host::{
    compare,
    packet::{ipv4_packet, Extension},
    rules::ipv6::{OuterHeaders, Refusal, UpperLayers},
};

/// Walks a packet to a SID of End.DT4 that is all at hand.
fn walk(packet: &[u8]) -> Result<OuterHeaders, Refusal> {
    walk_for(packet, UpperLayers::IPV4)
}

/// The same to a SID that is for other upper layers.
fn walk_for(packet: &[u8], wanted: UpperLayers) -> Result<OuterHeaders, Refusal> {
    compare::walk(packet, wanted, packet.len(), 0)
}

/// Where the IPv4 packet behind these extension headers begins.
fn payload(extensions: &[Extension]) -> Result<usize, Refusal> {
    walk(&ipv4_packet(extensions)).map(|headers| headers.payload)
}

// SPDX-License-Identifier: GPL-2.0

//! SRv6 End.DT4, End.DT6 and End.DT46: decapsulation and table lookup, RFC 8986 §4.6 to §4.8.
//!
//! A packet that reaches a SID of these behaviours loses its outer IPv6 headers, is received by the VRF
//! that the SID is bound to, and is routed there. The built-in behaviours of the kernel do the
//! same; this module takes their place while it is loaded.
//!
//! [`rules`] says which packets are acceptable, [`hmac`] what the operator wants besides, [`vrf`]
//! where they belong, [`endpoint`] what happens to them, [`inner`] in what the two families differ,
//! [`inner_route`] how they go on, [`drops`] counts those that are not acceptable, [`audit`] those that
//! would not be. All that is unsafe is in the crate `kernel_ext`.

#![forbid(unsafe_code)]

mod audit;
mod debugfs;
mod drops;
mod end_dt;
mod end_dt4;
mod end_dt46;
mod end_dt6;
mod endpoint;
mod hmac;
mod inner;
mod inner_route;
mod lookups;
mod outer_route;
#[expect(unreachable_pub, reason = "also compiled as a crate of its own")]
mod rules;
mod vrf;

use end_dt::{
    EndDt,
    Endpoint, //
};
use end_dt4::EndDt4;
use end_dt46::EndDt46;
use end_dt6::EndDt6;

kernel_ext::module_seg6_behaviours! {
    service: EndDt,
    behaviours: [Endpoint<EndDt4>, Endpoint<EndDt6>, Endpoint<EndDt46>],
    files: debugfs::files(),
    name: "seg6_end_dt4",
    authors: ["The seg6_end_dt4 developers"],
    description: "SRv6 End.DT4, End.DT6 and End.DT46 behaviours (RFC 8986) in Rust",
    license: "GPL",
}

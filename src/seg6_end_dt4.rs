// SPDX-License-Identifier: GPL-2.0

//! SRv6 End.DT4: decapsulation and IPv4 table lookup, RFC 8986 §4.7.
//!
//! A packet that reaches a SID of this behaviour loses its IPv6 headers, is received by the VRF
//! that the SID is bound to, and is routed there. The built-in behaviour of the kernel does the
//! same; this module takes its place while it is loaded.
//!
//! [`rules`] says which packets are acceptable, [`hmac`] what the operator wants besides, [`vrf`]
//! where they belong, [`end_dt4`] what happens to them, [`drops`] counts those that are not, [`audit`] those that
//! would not be. All
//! that is unsafe is in the crate `kernel_ext`.

#![forbid(unsafe_code)]

mod audit;
mod debugfs;
mod drops;
mod end_dt4;
mod hmac;
mod inner_route;
mod lookups;
mod outer_route;
#[expect(unreachable_pub, reason = "also compiled as a crate of its own")]
mod rules;
mod vrf;

use end_dt4::EndDt4;

kernel_ext::module_seg6_behaviour! {
    behaviour: EndDt4,
    files: debugfs::files(),
    name: "seg6_end_dt4",
    authors: ["The seg6_end_dt4 developers"],
    description: "SRv6 End.DT4 behaviour (RFC 8986) in Rust",
    license: "GPL",
}

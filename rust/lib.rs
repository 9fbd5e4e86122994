// SPDX-License-Identifier: GPL-2.0

//! Safe abstractions for SRv6 behaviours in Rust.
//!
//! What the `kernel` crate does not have yet: network buffers ([`skbuff`]), network devices
//! ([`netdevice`]) and VRFs ([`l3mdev`]), the families of inner packets ([`family`]), policy rules and routing tables ([`fib_rules`], [`fib`],
//! [`fib6`]), the seg6local tunnel and its behaviours ([`seg6_local`]), the memory of
//! routes to its SIDs ([`sid_routes`]), counters of each CPU ([`percpu`]) and
//! of each SID ([`sid_counters`]), files that hold the module
//! ([`debugfs`]), and switches ([`switch`](mod@switch)). A module that uses this crate needs no
//! `unsafe` of its own.
//!
//! # Calling context
//!
//! Two contexts occur and the types keep them apart. The *packet path* runs with bottom halves
//! disabled inside an RCU read-side section, of which an [`rcu::ReadSection`] is the evidence, in
//! softirq as a rule: nothing in it sleeps, and an ordinary packet needs no memory and no lock. The
//! *control path* ([`seg6_local::Behaviour::build_state`], module load
//! and unload) runs in a task, for routes under the RTNL where the caller holds it.

#![crate_name = "kernel_ext"]

mod bindings;
pub mod debugfs;
pub mod family;
pub mod fib;
pub mod fib6;
pub mod fib_rules;
pub mod icmpv6;
pub mod inetdevice;
pub mod l3mdev;
mod layout;
pub mod net_namespace;
pub mod netdevice;
pub mod netlink;
mod once;
pub mod percpu;
mod pernet;
pub mod rcu;
pub mod route;
pub mod seg6_hmac;
pub mod seg6_local;
pub mod sid_counters;
pub mod sid_routes;
pub mod skbuff;
pub mod switch;

/// Prefix of the log messages printed from within this crate.
const __LOG_PREFIX: &[u8] = b"seg6_end_dt4\0";

// SPDX-License-Identifier: GPL-2.0

//! The rules that a packet has to obey, as pure functions of octets.
//!
//! Nothing here knows the kernel: these files also compile as an ordinary crate on a development
//! machine, where they are tested and fuzzed (`tests/host`). Nothing panics,
//! allocates, or reads outside the slice it is given.

pub mod ecn;
pub mod hmac;
pub mod hop_by_hop;
pub mod inner;
pub mod inner_ipv6;
pub mod ipv4;
pub mod ipv6;
pub mod options;
pub mod srh;

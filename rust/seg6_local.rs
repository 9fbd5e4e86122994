// SPDX-License-Identifier: GPL-2.0

//! Behaviours of the seg6local lightweight tunnel, RFC 8986 §4.
//!
//! A module implements [`Behaviour`] for each one that it serves, [`Service`] for what they share, and
//! declares itself by [`module_seg6_behaviours!`](crate::module_seg6_behaviours). While it is loaded
//! its behaviours serve in place of the built-in ones.
//!
//! C source: `net/ipv6/seg6_local.c`

mod behaviour;
mod builtin;
mod callbacks;
mod module;
mod slot;
mod table;
mod tunnel;

pub use behaviour::{
    Behaviour,
    Service, //
};
pub use builtin::{
    Action,
    Builtin, //
};
#[doc(hidden)]
pub use callbacks::Callbacks;
pub use module::serves;
#[doc(hidden)]
pub use module::{
    Module,
    ServiceModule, //
};
pub use tunnel::{
    Tunnel,
    TunnelBuilder, //
};

// SPDX-License-Identifier: GPL-2.0

//! The behaviours of the kernel that can be replaced.
//!
//! C source: `seg6_action_table` in `net/ipv6/seg6_local.c`

use super::Tunnel;
use crate::{
    bindings,
    family::{
        AF_INET,
        AF_INET6,
        AF_UNSPEC, //
    },
};
use kernel::str::CStr;

/// A behaviour of the kernel that can be replaced: what its routes have, and by which functions it
/// is reached. All of it is a promise about the kernel's source, so there are only these.
pub struct Builtin {
    /// Its name in the field.
    pub(super) name: &'static str,
    pub(super) action: Action,
    /// Netlink attributes that a route must have, and may have, `SEG6_F_ATTR()`.
    pub(super) attributes: usize,
    pub(super) optional_attributes: usize,
    /// The address family of what its routes decapsulate, as their state has it.
    pub(super) family: u16,
    /// Whether a route may name a table instead of a VRF. One that does is the built-in code's.
    pub(super) has_tables: bool,
    /// Symbols of the input function and of the one that builds the state of a route.
    pub(super) input: &'static CStr,
    pub(super) build_state: &'static CStr,
}

const COUNTERS: usize = 1 << bindings::SEG6_LOCAL_COUNTERS;
const VRFTABLE: usize = 1 << bindings::SEG6_LOCAL_VRFTABLE;
const TABLE: usize = 1 << bindings::SEG6_LOCAL_TABLE;

impl Builtin {
    /// Decapsulation and IPv4 table lookup, RFC 8986 §4.7.
    pub const END_DT4: Self = Self {
        name: "End.DT4",
        action: Action::END_DT4,
        attributes: VRFTABLE,
        optional_attributes: COUNTERS,
        family: AF_INET,
        has_tables: false,
        input: c"input_action_end_dt4",
        build_state: c"seg6_end_dt4_build",
    };

    /// Decapsulation and IPv6 table lookup, RFC 8986 §4.6, by a VRF.
    pub const END_DT6: Self = Self {
        name: "End.DT6",
        action: Action::END_DT6,
        attributes: 0,
        optional_attributes: COUNTERS | TABLE | VRFTABLE,
        family: AF_INET6,
        has_tables: true,
        input: c"input_action_end_dt6",
        build_state: c"seg6_end_dt6_build",
    };

    /// Decapsulation and IP table lookup, RFC 8986 §4.8.
    pub const END_DT46: Self = Self {
        name: "End.DT46",
        action: Action::END_DT46,
        attributes: VRFTABLE,
        optional_attributes: COUNTERS,
        family: AF_UNSPEC,
        has_tables: false,
        input: c"input_action_end_dt46",
        build_state: c"seg6_end_dt46_build",
    };

    /// Whether the route is one of this behaviour that can be replaced.
    #[inline]
    pub(super) fn covers(&self, tunnel: Tunnel<'_>) -> bool {
        tunnel.action() == self.action && !(self.has_tables && tunnel.names_table())
    }
}

/// Whether attributes name a table, and whether a VRF's.
pub(super) fn tables_named(attributes: usize) -> (bool, bool) {
    (attributes & TABLE != 0, attributes & VRFTABLE != 0)
}

/// Number of a behaviour, `SEG6_LOCAL_ACTION_*`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Action(pub(super) i32);

impl Action {
    /// RFC 8986 §4.7.
    pub const END_DT4: Self = Self(bindings::SEG6_LOCAL_ACTION_END_DT4 as i32);
    /// RFC 8986 §4.6.
    pub const END_DT6: Self = Self(bindings::SEG6_LOCAL_ACTION_END_DT6 as i32);
    /// RFC 8986 §4.8.
    pub const END_DT46: Self = Self(bindings::SEG6_LOCAL_ACTION_END_DT46 as i32);
}

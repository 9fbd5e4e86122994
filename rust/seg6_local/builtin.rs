// SPDX-License-Identifier: GPL-2.0

//! The behaviours of the kernel that can be replaced.
//!
//! C source: `seg6_action_table` in `net/ipv6/seg6_local.c`

use super::slot::Slots;
use crate::{
    bindings,
    family::{
        AF_INET,
        AF_INET6,
        AF_UNSPEC, //
    },
};

/// A behaviour of the kernel that can be replaced: what its entry in the table has. All of it is a
/// promise about the kernel's source, so there are only these.
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
    pub(super) input: &'static str,
    pub(super) build_state: &'static str,
    slots: fn() -> &'static Slots,
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
        input: "input_action_end_dt4",
        build_state: "seg6_end_dt4_build",
        slots: || {
            static SLOTS: Slots = Slots::new();
            &SLOTS
        },
    };

    /// Decapsulation and IPv6 table lookup, RFC 8986 §4.6, by a VRF.
    pub const END_DT6: Self = Self {
        name: "End.DT6",
        action: Action::END_DT6,
        attributes: 0,
        optional_attributes: COUNTERS | TABLE | VRFTABLE,
        family: AF_INET6,
        has_tables: true,
        input: "input_action_end_dt6",
        build_state: "seg6_end_dt6_build",
        slots: || {
            static SLOTS: Slots = Slots::new();
            &SLOTS
        },
    };

    /// Decapsulation and IP table lookup, RFC 8986 §4.8.
    pub const END_DT46: Self = Self {
        name: "End.DT46",
        action: Action::END_DT46,
        attributes: VRFTABLE,
        optional_attributes: COUNTERS,
        family: AF_UNSPEC,
        has_tables: false,
        input: "input_action_end_dt46",
        build_state: "seg6_end_dt46_build",
        slots: || {
            static SLOTS: Slots = Slots::new();
            &SLOTS
        },
    };

    /// Its pointers in the table.
    #[inline]
    pub(super) fn slots(&self) -> &'static Slots {
        (self.slots)()
    }

    /// Whether a new route with these optional attributes may name a table instead of a VRF.
    pub(super) fn may_name_table(&self, attributes: usize) -> bool {
        self.has_tables && attributes & (TABLE | VRFTABLE) != VRFTABLE
    }
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

// SPDX-License-Identifier: GPL-2.0

//! How often a way was found directly, and how often the kernel was asked, and why.

use kernel_ext::per_cpu_counters;

macro_rules! outcomes {
    ($($(#[$doc:meta])* $outcome:ident: $name:literal,)*) => {
        /// How a way was found.
        #[derive(Clone, Copy)]
        pub(crate) enum Outcome {
            $($(#[$doc])* $outcome,)*
        }

        impl Outcome {
            /// All of them, with their names.
            pub(crate) const ALL: &'static [(Self, &'static str)] =
                &[$((Self::$outcome, $name),)*];
        }
    };
}

outcomes! {
    /// The outer packet got the route that was remembered for its SID.
    OuterRemembered: "outer_remembered",
    /// The route of the outer packet was found, to be remembered.
    OuterFound: "outer_found",
    /// The kernel was asked for it: the header is not linear.
    OuterPacket: "outer_asked_packet",
    /// There are routes for certain sources.
    OuterSourceRoutes: "outer_asked_source_routes",
    /// A policy rule selects something, or does not look into a table.
    OuterRule: "outer_asked_rule",
    /// Several routes to choose from, or one that will not stay: over a link that is down, or for a
    /// limited time.
    OuterSeveralRoutes: "outer_asked_several_routes",
    /// A route to a gateway or for the address alone, with a next hop object that another route uses
    /// first, or not to a SID of ours.
    OuterUnusual: "outer_asked_unusual",
    /// No route.
    OuterNoRoute: "outer_asked_no_route",
    /// The inner packet's way was found directly.
    InnerDirect: "inner_direct",
    /// The kernel was asked for it: something is attached to the packet, or its header is not linear.
    InnerPacket: "inner_asked_packet",
    /// An address is no ordinary one: loopback, multicast, broadcast.
    InnerAddress: "inner_asked_address",
    /// The VRF does not forward, or disables policies, or there are realms.
    InnerSettings: "inner_asked_settings",
    /// A policy rule selects something, or does not look into a table.
    InnerRule: "inner_asked_rule",
    /// There is no route to the destination, or one that refuses.
    InnerNoRoute: "inner_asked_no_route",
    /// The destination is an address of this host, or a broadcast address.
    InnerNotUnicast: "inner_asked_not_unicast",
    /// There are several next hops.
    InnerMultipath: "inner_asked_multipath",
    /// Some destination by the next hop has a route of its own.
    InnerException: "inner_asked_exception",
    /// The packet would leave by the VRF itself, or by a device that IPv4 is not set up on.
    InnerDevice: "inner_asked_device",
    /// The next hop has no valid route for received packets, since none went there yet, or since
    /// something has changed.
    InnerNotCached: "inner_asked_not_cached",
    /// The source is not one that packets can be sent to, or not by that way.
    InnerSource: "inner_asked_source",
}

per_cpu_counters! {
    static COUNTS: [Outcome::ALL.len()];
}

impl Outcome {
    /// Counts one more.
    #[inline]
    pub(crate) fn count(self) {
        COUNTS.increment(self as usize);
    }

    /// How often since the module was loaded.
    pub(crate) fn number(self) -> u64 {
        COUNTS.sum(self as usize)
    }
}

// SPDX-License-Identifier: GPL-2.0

//! Why packets are dropped, and how many.
//!
//! A [`Cause`] is what an operator gets to read. Each is dropped with one of the kernel's drop
//! reasons, of which there are fewer: the kernel does not let a module add its own.

use crate::rules::{
    hop_by_hop,
    inner,
    ipv6, //
};
use kernel_ext::{
    fib6::{
        Prefix,
        Route, //
    },
    per_cpu_counters,
    rcu::ReadSection,
    sid_counters::{
        self,
        Events,
        SidCounters, //
    },
    skbuff::{
        DropReason,
        Dropped,
        SkBuff, //
    },
};

macro_rules! causes {
    ($($(#[$doc:meta])* $cause:ident: $name:literal => $reason:ident,)*) => {
        /// Why a packet was dropped.
        #[derive(Clone, Copy)]
        pub(crate) enum Cause {
            $($(#[$doc])* $cause,)*
        }

        impl Cause {
            /// All of them, with their names and the names of their kernel reasons.
            pub(crate) const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$cause, $name, stringify!($reason)),)*];

            /// The reason that the kernel is told.
            #[inline]
            fn reason(self) -> DropReason {
                match self {
                    $(Self::$cause => DropReason::$reason,)*
                }
            }
        }
    };
}

causes! {
    /// An outer header does not fit into the packet.
    OuterTruncated: "outer_truncated" => IPV6_BAD_EXTHDR,
    /// More extension headers than the kernel walks.
    TooManyExtensionHeaders: "too_many_extension_headers" => IPV6_TOO_MANY_EXTHDRS,
    /// The outer packet is a fragment that reassembly refuses: it overlaps another one, or the limit
    /// of memory is reached. It was freed with a reason of its own.
    OuterFragment: "outer_fragment" => NOT_SPECIFIED,
    /// The segment routing header, which the policy for HMACs asks for, is malformed.
    MalformedSrh: "malformed_srh" => IPV6_BAD_EXTHDR,
    /// The SID is not the last segment.
    SegmentsLeft: "segments_left" => IPV6_BAD_EXTHDR,
    /// A routing header of another type has segments left.
    RoutingType: "routing_type" => IPV6_BAD_EXTHDR,
    /// What is encapsulated is not what the SID is for.
    UpperLayer: "upper_layer" => IP_NOPROTO,
    /// The HMAC is wrong, missing, or for another destination.
    Hmac: "hmac" => SECURITY_HOOK,
    /// IPv6 is not set up on the device that the packet came in by any more: it is going away, and
    /// nothing says whether it wants an HMAC.
    NoIngress: "no_ingress" => DEV_READY,
    /// The VRF of the route is gone.
    NoVrf: "no_vrf" => DEV_READY,
    /// The inner packet is shorter than it says.
    InnerTruncated: "inner_truncated" => PKT_TOO_SMALL,
    /// The inner header is not valid.
    InnerHeader: "inner_header" => IP_INHDR,
    /// An address in the inner IPv6 header that no packet from outside may have.
    InnerAddress: "inner_address" => IP_INHDR,
    /// The checksum of the inner header is wrong.
    InnerChecksum: "inner_checksum" => IP_CSUM,
    /// The inner options are malformed, demand source routing, or demand that who does not know them
    /// drops the packet.
    InnerOptions: "inner_options" => IP_INHDR,
    /// Congestion was met, and the inner packet cannot say so.
    Ecn: "ecn" => IP_TUNNEL_ECN,
    /// A message of IPv6 neighbour discovery, which is for a link.
    NeighbourDiscovery: "neighbour_discovery" => UNHANDLED_PROTO,
    /// The VRF does not forward, and the packet is for somebody else.
    NotForwarding: "not_forwarding" => IP_INADDRERRORS,
    /// The tenant's table has no route.
    NoRoute: "no_route" => IP_INNOROUTES,
    /// The route is one that refuses: unreachable, prohibit, blackhole.
    RefusedByRoute: "refused_by_route" => NOT_SPECIFIED,
    /// The reverse path filter of the VRF.
    RpFilter: "rp_filter" => IP_RPFILTER,
    /// The inner source is an address of this router.
    LocalSource: "local_source" => IP_LOCAL_SOURCE,
    /// The inner source is no unicast address.
    InvalidSource: "invalid_source" => IP_INVALID_SOURCE,
    /// The inner source or destination is a loopback address.
    LocalNet: "localnet" => IP_LOCALNET,
    /// The inner destination is no acceptable address.
    InvalidDest: "invalid_dest" => IP_INVALID_DEST,
    /// No memory to unshare, pull or route.
    NoMemory: "no_memory" => NOMEM,
    /// The next layer reports that it dropped the packet: TTL, MTU, a full queue, ... It freed it
    /// with a reason of its own.
    NextLayer: "next_layer" => NOT_SPECIFIED,
    /// Any other.
    Other: "other" => NOT_SPECIFIED,
}

per_cpu_counters! {
    /// How many packets were dropped for each cause.
    static COUNTS: [Cause::ALL.len()];
}

static SIDS: SidCounters<Drops, { Cause::ALL.len() }> = SidCounters::new();

/// What is counted for each SID.
pub(crate) enum Drops {}

impl Events<{ Cause::ALL.len() }> for Drops {
    fn counters() -> &'static SidCounters<Self, { Cause::ALL.len() }> {
        &SIDS
    }
}

/// Counts the drops of each SID as long as it exists.
pub(crate) type Registration = sid_counters::Registration<Drops, { Cause::ALL.len() }>;

/// Calls `f` with the inode number of a namespace, a SID, the name of a cause, and how many packets
/// of the SID were dropped for it. There is no SID for those of all which are counted together.
pub(crate) fn for_each_sid(mut f: impl FnMut(u32, Option<Prefix>, &str, u64)) {
    SIDS.for_each(|netns, sid, cause, number| {
        if let Some((_, name, _)) = Cause::ALL.get(cause) {
            f(netns, sid, name, number);
        }
    });
}

impl Cause {
    /// Drops a packet.
    #[cold]
    pub(crate) fn drop<S>(self, skb: SkBuff<S>) -> Counted {
        self.counted(skb.drop_because(self.reason()))
    }

    /// Counts a packet that would be dropped for this cause, were it not only looked at.
    pub(crate) fn count_refusal(self, route: Option<Route<'_>>, rcu: ReadSection<'_>) {
        COUNTS.increment(self as usize);
        if let Some(route) = route {
            SIDS.count(route, self as usize, rcu);
        }
    }

    /// For a packet that was dropped for this cause.
    pub(crate) fn counted(self, dropped: Dropped) -> Counted {
        COUNTS.increment(self as usize);
        Counted {
            dropped,
            cause: Some(self),
        }
    }

    /// How many packets were dropped for this cause since the module was loaded.
    pub(crate) fn drops(self) -> u64 {
        COUNTS.sum(self as usize)
    }

    /// The cause that goes with a reason which a step of `kernel_ext` or the kernel gave.
    fn of(reason: DropReason) -> Self {
        match reason {
            DropReason::PKT_TOO_SMALL => Self::InnerTruncated,
            DropReason::IP_INHDR => Self::InnerOptions,
            DropReason::DEV_READY => Self::NoVrf,
            DropReason::UNHANDLED_PROTO => Self::NeighbourDiscovery,
            DropReason::IP_INNOROUTES => Self::NoRoute,
            DropReason::IP_RPFILTER => Self::RpFilter,
            DropReason::IP_LOCAL_SOURCE => Self::LocalSource,
            DropReason::IP_INVALID_SOURCE => Self::InvalidSource,
            DropReason::IP_LOCALNET => Self::LocalNet,
            DropReason::IP_INVALID_DEST => Self::InvalidDest,
            DropReason::NOMEM => Self::NoMemory,
            _ => Self::Other,
        }
    }
}

impl From<ipv6::Refusal> for Cause {
    fn from(refusal: ipv6::Refusal) -> Self {
        match refusal {
            ipv6::Refusal::NeedMore(_) => Self::OuterTruncated,
            ipv6::Refusal::TooManyExtensionHeaders => Self::TooManyExtensionHeaders,
            ipv6::Refusal::Fragment(_) => Self::OuterFragment,
            ipv6::Refusal::SegmentsLeft(_) => Self::SegmentsLeft,
            ipv6::Refusal::RoutingType(_) => Self::RoutingType,
            ipv6::Refusal::UpperLayer(_) => Self::UpperLayer,
        }
    }
}

impl From<inner::Refusal> for Cause {
    fn from(refusal: inner::Refusal) -> Self {
        match refusal {
            inner::Refusal::NeedMore(_) | inner::Refusal::Truncated => Self::InnerTruncated,
            inner::Refusal::Malformed => Self::InnerHeader,
            inner::Refusal::Checksum => Self::InnerChecksum,
            inner::Refusal::Address => Self::InnerAddress,
            inner::Refusal::Congestion => Self::Ecn,
        }
    }
}

impl From<hop_by_hop::Refusal> for Cause {
    fn from(refusal: hop_by_hop::Refusal) -> Self {
        match refusal {
            hop_by_hop::Refusal::NeedMore(_) | hop_by_hop::Refusal::Truncated => {
                Self::InnerTruncated
            }
            _ => Self::InnerOptions,
        }
    }
}

/// A packet that was dropped and counted. There is no way to make one without counting.
pub(crate) struct Counted {
    dropped: Dropped,
    /// Why, unless its SID knows it already.
    cause: Option<Cause>,
}

impl Counted {
    /// Counts it for the SID that `route` has led it to, too.
    #[cold]
    pub(crate) fn of_sid(self, route: Option<Route<'_>>, rcu: ReadSection<'_>) -> Dropped {
        if let (Some(route), Some(cause)) = (route, self.cause) {
            SIDS.count(route, cause as usize, rcu);
        }
        self.dropped
    }

    /// For a fragment that reassembly has refused.
    #[cold]
    pub(crate) fn by_reassembly(dropped: Dropped) -> Self {
        let cause = match dropped.reason() {
            DropReason::IPV6_BAD_EXTHDR => Cause::OuterTruncated,
            _ => Cause::OuterFragment,
        };
        cause.counted(dropped)
    }

    /// For a packet that was given to its route again, as another one, and was dropped and counted then.
    #[cold]
    pub(crate) fn by_input(dropped: Dropped) -> Self {
        Self {
            dropped,
            cause: None,
        }
    }

    /// For a packet that the next layer has dropped: it is an error of the SID, so it is to be found
    /// among ours.
    #[cold]
    pub(crate) fn by_next_layer(dropped: Dropped) -> Self {
        Cause::NextLayer.counted(dropped)
    }

    /// For a packet that its route has refused.
    #[cold]
    pub(crate) fn by_route(dropped: Dropped) -> Self {
        let cause = match dropped.reason() {
            DropReason::IP_INADDRERRORS => Cause::NotForwarding,
            DropReason::IP_INNOROUTES => Cause::NoRoute,
            _ => Cause::RefusedByRoute,
        };
        cause.counted(dropped)
    }
}

impl From<Dropped> for Counted {
    #[cold]
    fn from(dropped: Dropped) -> Self {
        Cause::of(dropped.reason()).counted(dropped)
    }
}

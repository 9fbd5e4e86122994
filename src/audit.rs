// SPDX-License-Identifier: GPL-2.0

//! What the module would refuse, while the built-in code serves.
//!
//! The rules that need nothing but the packet are run beside it: the outer headers, the HMAC, the
//! inner header, congestion marks, and the inner options. What the tenant's VRF and tables say of a
//! packet they say to the built-in code, too, so that is left to it.

mod inner;

use crate::{
    drops::Cause,
    end_dt::Decapsulation,
    hmac,
    rules::ipv6::{
        self,
        Refusal,
        SegmentRoutingHeader,
        UpperLayer,
        UpperLayers, //
    },
};
use core::fmt;
use kernel::{
    prelude::*,
    sync::SetOnce, //
};
use kernel_ext::{
    module_switch,
    per_cpu_counters,
    rcu::ReadSection,
    skbuff::Observed, //
};

module_switch! {
    /// Whether the module only audits.
    pub(crate) static AUDIT: "audit" = false at_load, "let the built-in code serve, and count what would be refused";
}

/// How many octets of a packet are copied at least whose headers are not linear.
const MIN_COPY: usize = 2048;

/// How many packets of each cause are kept to be read, and how many octets of each.
const SAMPLES: usize = 4;
const SAMPLE_LEN: usize = 128;

/// How many octets are kept behind the place of an objection.
const BEHIND_OBJECTION: usize = 8;

/// What is thought of a packet.
#[derive(Clone, Copy)]
enum Verdict {
    /// It would be served, if the VRF and its tables agree.
    Accepted,
    /// It is a fragment, which would be put together first. The built-in code drops it, unless it is
    /// the first one, which it takes for a packet.
    Fragment,
    /// What there is to know is not at hand: it is in the kernel's table of security labels, or an HMAC
    /// that is not linear, or there was no memory.
    Undecided,
    /// It would be dropped.
    Refused(Cause),
}

per_cpu_counters! {
    /// How many packets are not refused, by verdict.
    static COUNTS: [3];
}

/// Their places.
const ACCEPTED: usize = 0;
const FRAGMENTS: usize = 1;
const UNDECIDED: usize = 2;

/// The headers of the first packets that would be refused for each cause.
static HEADERS: [[SetOnce<Headers>; SAMPLES]; Cause::ALL.len()] =
    [const { [const { SetOnce::new() }; SAMPLES] }; Cause::ALL.len()];

/// The beginning of a packet.
struct Headers {
    octets: [u8; SAMPLE_LEN],
    len: usize,
}

impl fmt::Display for Headers {
    /// In hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.octets
            .get(..self.len)
            .unwrap_or_default()
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// Looks at a packet that the built-in code is about to process.
pub(crate) fn observe<D: Decapsulation>(packet: &Observed<'_>, rcu: ReadSection<'_>) {
    let Opinion { verdict, headers } = judge(packet, D::FOR, rcu);
    match verdict {
        Verdict::Accepted => COUNTS.increment(ACCEPTED),
        Verdict::Fragment => COUNTS.increment(FRAGMENTS),
        Verdict::Undecided => COUNTS.increment(UNDECIDED),
        Verdict::Refused(cause) => {
            cause.count_refusal(packet.outer_route(rcu), rcu);
            keep(cause, packet, headers);
        }
    }
}

/// Calls `f` with the name and the number of each counter: of packets that are not refused, and of
/// each cause.
pub(crate) fn for_each_count(mut f: impl FnMut(&str, u64)) {
    f("accepted", COUNTS.sum(ACCEPTED));
    f("fragments", COUNTS.sum(FRAGMENTS));
    f("undecided", COUNTS.sum(UNDECIDED));
    for (cause, name, _) in Cause::ALL {
        f(name, cause.drops());
    }
}

/// Calls `f` with the name of a cause and the headers of a packet, for all that were kept.
pub(crate) fn for_each_headers(mut f: impl FnMut(&str, &dyn fmt::Display)) {
    for ((_, name, _), slots) in Cause::ALL.iter().zip(&HEADERS) {
        for headers in slots.iter().filter_map(SetOnce::as_ref) {
            f(name, headers);
        }
    }
}

/// Keeps the headers of a packet, `len` octets, if there is room for one more of the cause.
fn keep(cause: Cause, packet: &Observed<'_>, len: usize) {
    let slots = HEADERS.get(cause as usize);
    let free = slots.and_then(|slots| slots.iter().find(|slot| slot.as_ref().is_none()));
    let len = len.min(SAMPLE_LEN).min(packet.len());
    let mut octets = [0; SAMPLE_LEN];
    if let (Some(slot), Some(to)) = (free, octets.get_mut(..len)) {
        if packet.copy(to).is_ok() {
            // If another CPU was faster this one is not kept.
            slot.populate(Headers { octets, len });
        }
    }
}

/// What is thought of a packet, and how many octets of it are headers.
struct Opinion {
    verdict: Verdict,
    headers: usize,
}

impl Opinion {
    /// For what was found at an offset.
    fn behind(at: usize, verdict: Verdict) -> Self {
        Self {
            verdict,
            headers: at.saturating_add(BEHIND_OBJECTION),
        }
    }
}

/// The first octets of the packet are needed, as many, and there are as many.
struct NeedMore(usize);

/// Judges by the linear part, or by a copy of the beginning if that is too short.
fn judge(packet: &Observed<'_>, wanted: UpperLayers, rcu: ReadSection<'_>) -> Opinion {
    let mut opinion = consider(packet.linear(), packet, wanted, rcu);
    loop {
        match opinion {
            Ok(opinion) => return opinion,
            // Asks for more each time, so this ends.
            Err(NeedMore(len)) => match beginning(packet, len.max(MIN_COPY).min(packet.len())) {
                Ok(data) => opinion = consider(&data, packet, wanted, rcu),
                Err(_) => {
                    return Opinion {
                        verdict: Verdict::Undecided,
                        headers: 0,
                    }
                }
            },
        }
    }
}

/// A copy of the first `len` octets of the packet.
fn beginning(packet: &Observed<'_>, len: usize) -> Result<KVec<u8>> {
    let mut copy = KVec::from_elem(0, len, GFP_ATOMIC)?;
    packet.copy(&mut copy)?;
    Ok(copy)
}

/// Does what `endpoint` does with a packet that begins with `data`, in its order, as far as the packet
/// alone decides.
fn consider(
    data: &[u8],
    packet: &Observed<'_>,
    wanted: UpperLayers,
    rcu: ReadSection<'_>,
) -> Result<Opinion, NeedMore> {
    let refusal = match ipv6::walk(data, wanted) {
        Ok(outer) => {
            return match (
                authenticate(data, packet, outer.srh, rcu),
                outer.upper_layer,
            ) {
                (Err(verdict), _) => Ok(Opinion::behind(outer.payload, verdict)),
                (_, UpperLayer::Ipv4) => inner::consider_ipv4(data, outer.payload, packet),
                (_, UpperLayer::Ipv6) => inner::consider_ipv6(data, outer.payload, packet, rcu),
            };
        }
        Err(Refusal::NeedMore(len)) if len <= packet.len() => return Err(NeedMore(len)),
        Err(refusal) => refusal,
    };
    let (at, srh, verdict) = match (refusal, refusal.objection()) {
        (Refusal::Fragment(it), _) => (it.header, it.srh, Verdict::Fragment),
        (_, Some(it)) => (it.pointer, it.srh, Verdict::Refused(refusal.into())),
        (_, None) => {
            return Ok(Opinion {
                verdict: Verdict::Refused(refusal.into()),
                headers: data.len(),
            })
        }
    };
    let verdict = authenticate(data, packet, srh, rcu)
        .err()
        .unwrap_or(verdict);
    Ok(Opinion::behind(at, verdict))
}

/// What [`hmac::authenticate`] would do.
fn authenticate(
    data: &[u8],
    packet: &Observed<'_>,
    srh: Option<SegmentRoutingHeader>,
    rcu: ReadSection<'_>,
) -> Result<(), Verdict> {
    if !hmac::is_demanded(packet, srh, rcu).map_err(Verdict::Refused)? {
        return Ok(());
    }
    let srh = hmac::to_check(data, srh).map_err(Verdict::Refused)?;
    match packet.has_valid_hmac(srh) {
        Some(true) => Ok(()),
        Some(false) => Err(Verdict::Refused(Cause::Hmac)),
        None => Err(Verdict::Undecided),
    }
}

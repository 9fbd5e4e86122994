// SPDX-License-Identifier: GPL-2.0

//! What is thought of the inner packet.

use super::{
    NeedMore,
    Opinion,
    Verdict, //
};
use crate::{
    drops::Cause,
    inner::Inner,
    rules::{
        hop_by_hop::{
            self,
            Limits, //
        },
        inner::{
            self,
            Length,
            Refusal, //
        },
        inner_ipv6,
        ipv4,
        ipv6,
        options, //
    },
};
use kernel_ext::{
    family::{
        Ipv4,
        Ipv6, //
    },
    rcu::ReadSection,
    skbuff::Observed, //
};

/// What is thought of an IPv4 packet that begins `payload` octets from the start of `data`.
pub(super) fn consider_ipv4(
    data: &[u8],
    payload: usize,
    packet: &Observed<'_>,
) -> Result<Opinion, NeedMore> {
    consider::<Ipv4>(data, payload, packet, |inner, accepted| {
        let options = inner.get(ipv4::MIN_HEADER_LEN..accepted.header_len);
        Ok(match options::check(options.unwrap_or_default()) {
            options::Answer::Acceptable => Verdict::Accepted,
            options::Answer::Unknown => Verdict::Undecided,
            options::Answer::Refused => Verdict::Refused(Cause::InnerOptions),
        })
    })
}

/// The same of an IPv6 packet.
pub(super) fn consider_ipv6(
    data: &[u8],
    payload: usize,
    packet: &Observed<'_>,
    rcu: ReadSection<'_>,
) -> Result<Opinion, NeedMore> {
    consider::<Ipv6>(data, payload, packet, |inner, accepted| {
        if !inner_ipv6::has_hop_by_hop(inner) {
            return Ok(Verdict::Accepted);
        }
        let (len, number) = packet.dev(rcu).net().hop_by_hop_limits();
        let limits = Limits { len, number };
        let len = match accepted.len {
            Length::Padded(len) => len,
            Length::Whole | Length::Oversized => packet.len().saturating_sub(payload),
        };
        match hop_by_hop::check(inner, len, limits) {
            Ok(_) => Ok(Verdict::Accepted),
            Err(hop_by_hop::Refusal::NeedMore(len)) => Err(NeedMore(payload.saturating_add(len))),
            Err(refusal) => Ok(Verdict::Refused(refusal.into())),
        }
    })
}

/// The packet by itself, and then its options.
fn consider<F: Inner>(
    data: &[u8],
    payload: usize,
    packet: &Observed<'_>,
    options: impl FnOnce(&[u8], inner::Inner) -> Result<Verdict, NeedMore>,
) -> Result<Opinion, NeedMore> {
    let inner = data.get(payload..).unwrap_or_default();
    let len = packet.len().saturating_sub(payload);
    let outer_ecn = ipv6::ecn(ipv6::ecn_octet(data));
    let accepted = F::check(inner, len, || packet.is_tcp_aggregate::<F>())
        .and_then(|packet| inner::congestion(outer_ecn, packet.ecn).map(|_| packet));
    let (verdict, header_len) = match accepted {
        Ok(accepted) => (options(inner, accepted)?, accepted.header_len),
        Err(Refusal::NeedMore(len)) => return Err(NeedMore(payload.saturating_add(len))),
        Err(refusal) => (Verdict::Refused(refusal.into()), F::MIN_HEADER_LEN),
    };
    Ok(Opinion {
        verdict,
        headers: payload.saturating_add(header_len),
    })
}

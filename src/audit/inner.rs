// SPDX-License-Identifier: GPL-2.0

//! What is thought of the inner packet.

use super::{
    truncated,
    NeedMore,
    Opinion,
    Verdict, //
};
use crate::{
    drops::Cause,
    rules::{
        ecn,
        hop_by_hop::{
            self,
            Limits, //
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
    net_namespace::Net,
    skbuff::Observed, //
};

/// What is thought of an IPv4 packet that begins `payload` octets from the start of `data`.
pub(super) fn consider_ipv4(
    data: &[u8],
    payload: usize,
    packet: &Observed<'_>,
) -> Result<Opinion, NeedMore> {
    let inner = data.get(payload..).unwrap_or_default();
    let refuse = |cause, len| Ok(Opinion::refuse(cause, payload.saturating_add(len)));
    let header = match ipv4::validate(inner) {
        Ok(header) => header,
        Err(ipv4::Refusal::NeedMore(len)) => {
            return truncated(Cause::InnerTruncated, payload.saturating_add(len), packet)
        }
        Err(ipv4::Refusal::Malformed) => return refuse(Cause::InnerHeader, ipv4::MIN_HEADER_LEN),
        Err(ipv4::Refusal::Checksum) => return refuse(Cause::InnerChecksum, ipv4::MIN_HEADER_LEN),
    };
    let len = header.header_len;
    if header.total_len < len {
        if header.total_len != 0 || !packet.is_tcp_aggregate::<Ipv4>() {
            return refuse(Cause::InnerHeader, len);
        }
    } else if payload.saturating_add(header.total_len) > packet.len() {
        return refuse(Cause::InnerTruncated, len);
    }
    if congestion_is_lost(data, header.ecn) {
        return refuse(Cause::Ecn, len);
    }
    let options = inner.get(ipv4::MIN_HEADER_LEN..len).unwrap_or_default();
    match options::check(options) {
        options::Answer::Refused => refuse(Cause::InnerOptions, len),
        answer => Ok(Opinion {
            verdict: match answer {
                options::Answer::Unknown => Verdict::Undecided,
                _ => Verdict::Accepted,
            },
            headers: 0,
        }),
    }
}

/// The same of an IPv6 packet.
pub(super) fn consider_ipv6(
    data: &[u8],
    payload: usize,
    packet: &Observed<'_>,
    net: Net<'_>,
) -> Result<Opinion, NeedMore> {
    const LEN: usize = inner_ipv6::HEADER_LEN;

    let inner = data.get(payload..).unwrap_or_default();
    let need = |len| truncated(Cause::InnerTruncated, payload.saturating_add(len), packet);
    let refuse = |cause, len| Ok(Opinion::refuse(cause, payload.saturating_add(len)));
    let header = match inner_ipv6::validate(inner) {
        Ok(header) => header,
        Err(inner_ipv6::Refusal::NeedMore(len)) => return need(len),
        Err(inner_ipv6::Refusal::Malformed) => return refuse(Cause::InnerHeader, LEN),
        Err(inner_ipv6::Refusal::Address) => return refuse(Cause::InnerAddress, LEN),
    };
    let has_hop_by_hop = inner_ipv6::has_hop_by_hop(inner);
    let is_oversized =
        header.total_len == LEN && (has_hop_by_hop || packet.is_tcp_aggregate::<Ipv6>());
    if !is_oversized && payload.saturating_add(header.total_len) > packet.len() {
        return refuse(Cause::InnerTruncated, LEN);
    }
    if congestion_is_lost(data, header.ecn) {
        return refuse(Cause::Ecn, LEN);
    }
    if has_hop_by_hop {
        // What is behind the end of the packet is cut off before the options are read.
        let end = if is_oversized {
            packet.len().saturating_sub(payload)
        } else {
            header.total_len
        };
        let inner = inner.get(..end).unwrap_or(inner);
        let (len, number) = net.hop_by_hop_limits();
        match hop_by_hop::parse(inner, Limits { len, number }) {
            Ok(options) => {
                let left = packet.len().saturating_sub(payload.saturating_add(LEN));
                if options.jumbo.is_some_and(|len| len as usize > left) {
                    return refuse(Cause::InnerTruncated, LEN);
                }
            }
            Err(hop_by_hop::Refusal::NeedMore(len)) if len > end => {
                return refuse(Cause::InnerTruncated, LEN)
            }
            Err(hop_by_hop::Refusal::NeedMore(len)) => return need(len),
            Err(_) => return refuse(Cause::InnerOptions, LEN),
        }
    }
    Ok(Opinion {
        verdict: Verdict::Accepted,
        headers: 0,
    })
}

/// Whether the outer header says congestion, and the inner one cannot.
fn congestion_is_lost(data: &[u8], inner: u8) -> bool {
    ecn::decapsulate(ipv6::ecn(ipv6::ecn_octet(data)), inner) == ecn::Action::Drop
}

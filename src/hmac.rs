// SPDX-License-Identifier: GPL-2.0

//! What the operator wants of the HMAC of a packet, RFC 8754 §2.1.2.

use crate::{
    drops::{
        Cause,
        Counted, //
    },
    rules::{
        hmac,
        ipv6::{
            self,
            SegmentRoutingHeader, //
        },
        srh::Srh, //
    },
};
use kernel_ext::{
    rcu::ReadSection,
    skbuff::{
        state::Outer,
        SkBuff, //
    },
};

/// Drops the packet unless it has the HMAC that the sysctl `seg6_require_hmac` of its ingress device
/// asks for: below 0 none is looked at, 0 has those checked that are there, above 0 it must have one.
#[inline]
pub(crate) fn authenticate(
    skb: SkBuff<Outer>,
    srh: Option<SegmentRoutingHeader>,
    rcu: ReadSection<'_>,
) -> Result<SkBuff<Outer>, Counted> {
    match is_demanded(&skb, srh, rcu) {
        Ok(false) => Ok(skb),
        Ok(true) => check_hmac(skb, srh),
        Err(cause) => Err(cause.drop(skb)),
    }
}

/// Whether the HMAC of a packet is to be checked, or why it is to be dropped anyway.
#[inline]
pub(crate) fn is_demanded(
    skb: &SkBuff<Outer>,
    srh: Option<SegmentRoutingHeader>,
    rcu: ReadSection<'_>,
) -> Result<bool, Cause> {
    let has_hmac = srh.is_some_and(|srh| srh.has_hmac_flag);
    match skb.dev(rcu).seg6_require_hmac() {
        Some(0) if !has_hmac => Ok(false),
        Some(..0) => Ok(false),
        Some(_) => Ok(true),
        None => Err(Cause::NoIngress),
    }
}

/// Checks a segment routing header that is wanted to be in order, and its HMAC. The kernel decides
/// whether it may be without one, and whether it is right.
#[cold]
fn check_hmac(
    mut skb: SkBuff<Outer>,
    srh: Option<SegmentRoutingHeader>,
) -> Result<SkBuff<Outer>, Counted> {
    match to_check(skb.linear(), srh) {
        Ok(offset) if skb.has_valid_hmac(offset) => Ok(skb),
        Ok(_) => Err(Cause::Hmac.drop(skb)),
        Err(cause) => Err(cause.drop(skb)),
    }
}

/// Where the segment routing header is whose HMAC the kernel is to check, or why that is not needed
/// to refuse the packet, which begins with `data`.
pub(crate) fn to_check(data: &[u8], srh: Option<SegmentRoutingHeader>) -> Result<usize, Cause> {
    let SegmentRoutingHeader { offset, .. } = srh.ok_or(Cause::Hmac)?;
    let srh = data
        .get(offset..)
        .and_then(Srh::parse)
        .ok_or(Cause::MalformedSrh)?;
    let is_for_us = !hmac::is_present(&srh)
        || ipv6::destination(data).is_some_and(|address| hmac::covers(&srh, address));
    if is_for_us {
        Ok(offset)
    } else {
        Err(Cause::Hmac)
    }
}

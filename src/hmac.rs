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
    let has_hmac = srh.is_some_and(|srh| srh.has_hmac_flag);
    match skb.dev(rcu).seg6_require_hmac() {
        Some(0) if !has_hmac => Ok(skb),
        Some(..0) => Ok(skb),
        Some(_) => check_hmac(skb, srh),
        None => Err(Cause::NoIngress.drop(skb)),
    }
}

/// Checks a segment routing header that is wanted to be in order, and its HMAC. The kernel decides
/// whether it may be without one, and whether it is right.
#[cold]
fn check_hmac(
    mut skb: SkBuff<Outer>,
    srh: Option<SegmentRoutingHeader>,
) -> Result<SkBuff<Outer>, Counted> {
    let Some(SegmentRoutingHeader { offset, .. }) = srh else {
        return Err(Cause::Hmac.drop(skb));
    };
    let data = skb.linear();
    let Some(srh) = data.get(offset..).and_then(Srh::parse) else {
        return Err(Cause::MalformedSrh.drop(skb));
    };
    let is_for_us = !hmac::is_present(&srh)
        || ipv6::destination(data).is_some_and(|address| hmac::covers(&srh, address));
    if !is_for_us || !skb.has_valid_hmac(offset) {
        return Err(Cause::Hmac.drop(skb));
    }
    Ok(skb)
}

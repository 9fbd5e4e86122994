// SPDX-License-Identifier: GPL-2.0

//! End.DT46: decapsulation and IP table lookup, for both families, RFC 8986 §4.8.
//!
//! The inner packet is IPv4 or IPv6, as the last of the outer headers says.

use crate::{
    end_dt::Decapsulation,
    rules::ipv6::UpperLayers, //
};
use kernel_ext::seg6_local::Builtin;

/// End.DT46.
pub(crate) enum EndDt46 {}

impl Decapsulation for EndDt46 {
    const BUILTIN: Builtin = Builtin::END_DT46;
    const FOR: UpperLayers = UpperLayers::BOTH;
}

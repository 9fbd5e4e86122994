// SPDX-License-Identifier: GPL-2.0

//! End.DT4: decapsulation and IPv4 table lookup, RFC 8986 §4.7.

use crate::{
    end_dt::Decapsulation,
    rules::ipv6::UpperLayers, //
};
use kernel_ext::seg6_local::Builtin;

/// End.DT4.
pub(crate) enum EndDt4 {}

impl Decapsulation for EndDt4 {
    const BUILTIN: Builtin = Builtin::END_DT4;
    const FOR: UpperLayers = UpperLayers::IPV4;
}

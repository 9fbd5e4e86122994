// SPDX-License-Identifier: GPL-2.0

//! End.DT6: decapsulation and IPv6 table lookup, RFC 8986 §4.6.
//!
//! Only with a VRF. A route that names a table instead, without one, is left to the built-in code.

use crate::{
    end_dt::Decapsulation,
    rules::ipv6::UpperLayers, //
};
use kernel_ext::seg6_local::Builtin;

/// End.DT6.
pub(crate) enum EndDt6 {}

impl Decapsulation for EndDt6 {
    const BUILTIN: Builtin = Builtin::END_DT6;
    const FOR: UpperLayers = UpperLayers::IPV6;
}

// SPDX-License-Identifier: GPL-2.0

//! IPv4 options of a received packet, RFC 791 §3.1.

use super::{
    state::Routed,
    DropReason,
    Dropped,
    SkBuff, //
};
use crate::{
    bindings,
    family::{
        sealed::Family,
        Ipv4, //
    },
    rcu::ReadSection, //
};

impl SkBuff<Routed<Ipv4>> {
    /// Reads the IPv4 options, so that forwarding and local delivery act on them;
    /// `ip_rcv_options()`.
    ///
    /// The packet is dropped if an option is malformed or demands source routing: who may choose
    /// a tenant's paths is decided by its tables. (Elsewhere the kernel has a sysctl for that,
    /// which is off.)
    #[cold]
    pub(crate) fn compile_options(mut self, rcu: ReadSection<'_>) -> Result<Self, Dropped> {
        let header_len = self
            .linear()
            .first()
            .map_or(0, |first| usize::from(first & 0xf) << 2);
        if header_len < Ipv4::HEADER_LEN || header_len > self.linear().len() {
            return Err(self.drop_because(DropReason::IP_INHDR));
        }
        // Options are filled in later, and the data may be shared.
        let headroom = u32::from(self.headroom());
        // SAFETY: By the type invariant.
        if unsafe { bindings::skb_cow(self.as_ptr(), headroom) } != 0 {
            return Err(self.drop_because(DropReason::NOMEM));
        }
        let skb = self.as_ptr();
        let net = self.dev(rcu).net().as_ptr();
        // SAFETY: Integers only.
        let parm = unsafe { self.cb::<bindings::inet_skb_parm>() };
        parm.opt.optlen = (header_len - Ipv4::HEADER_LEN) as u8;
        let options = &raw mut parm.opt;
        // SAFETY: The options are linear and writable, and `options` is in the control block of
        // this buffer, which the function accesses through this pointer only.
        let malformed = unsafe { bindings::ip_options_compile(net, options, skb) } != 0;
        // SAFETY: As above.
        if malformed || unsafe { (*options).srr } != 0 {
            return Err(self.drop_because(DropReason::IP_INHDR));
        }
        Ok(self)
    }
}

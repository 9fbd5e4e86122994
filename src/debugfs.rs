// SPDX-License-Identifier: GPL-2.0

//! What an operator can read in `/sys/kernel/debug/seg6_end_dt4`.
//!
//! - `routes`: how many routes the module has created, and adopted from the built-in code.
//! - `drops`: for each cause its name, the kernel's drop reason, and how many packets.

use crate::{
    drops::Cause,
    end_dt4::TAKEOVER, //
};
use kernel::{
    debugfs::{
        Dir,
        File, //
    },
    fmt,
    prelude::*, //
};

/// The directory; it goes when this is dropped.
#[pin_data]
pub(crate) struct Debugfs {
    #[pin]
    routes: File<()>,
    #[pin]
    drops: File<()>,
}

impl Debugfs {
    pub(crate) fn new() -> impl PinInit<Self, Error> {
        let dir = Dir::new(c"seg6_end_dt4");
        try_pin_init!(Self {
            routes <- dir.read_callback_file(c"routes", (), &show_routes),
            drops <- dir.read_callback_file(c"drops", (), &show_drops),
        })
    }
}

fn show_routes(_: &(), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let routes = TAKEOVER.routes();
    writeln!(f, "built {}", routes.built)?;
    writeln!(f, "adopted {}", routes.adopted)
}

fn show_drops(_: &(), f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (cause, name, reason) in Cause::ALL {
        writeln!(f, "{name} {reason} {}", cause.drops())?;
    }
    Ok(())
}

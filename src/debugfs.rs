// SPDX-License-Identifier: GPL-2.0

//! What an operator can read in `/sys/kernel/debug/seg6_end_dt4`.
//!
//! - `routes`: how many routes the module has created, and adopted from the built-in code.
//! - `lookups`: how often a way was found directly, and how often the kernel was asked, by cause.
//! - `drops`: for each cause its name, the kernel's drop reason, and how many packets.
//! - `sid_drops`: for each SID with drops and each cause the inode number of its network namespace, its
//!   prefix, the cause, and how many packets. The prefix is `other` for those of all SIDs that came when
//!   there was no room for more.

use crate::{
    drops::{
        self,
        Cause, //
    },
    end_dt4::EndDt4,
    lookups::Outcome, //
};
use kernel::fmt;
use kernel_ext::{
    debugfs::File,
    seg6_local, //
};

/// The files.
pub(crate) const FILES: &[File] = &[
    File {
        name: c"routes",
        show: show_routes,
    },
    File {
        name: c"lookups",
        show: show_lookups,
    },
    File {
        name: c"drops",
        show: show_drops,
    },
    File {
        name: c"sid_drops",
        show: show_sid_drops,
    },
];

fn show_routes(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let routes = seg6_local::routes::<EndDt4>();
    writeln!(f, "built {}", routes.built)?;
    writeln!(f, "adopted {}", routes.adopted)
}

fn show_lookups(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (outcome, name) in Outcome::ALL {
        writeln!(f, "{name} {}", outcome.number())?;
    }
    Ok(())
}

fn show_drops(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (cause, name, reason) in Cause::ALL {
        writeln!(f, "{name} {reason} {}", cause.drops())?;
    }
    Ok(())
}

fn show_sid_drops(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut result = Ok(());
    drops::for_each_sid(|netns, sid, cause, number| {
        result = result.and_then(|()| match sid {
            Some(sid) => writeln!(f, "{netns} {sid} {cause} {number}"),
            None => writeln!(f, "{netns} other {cause} {number}"),
        });
    });
    result
}

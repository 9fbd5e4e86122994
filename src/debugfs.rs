// SPDX-License-Identifier: GPL-2.0

//! What an operator can read in `/sys/kernel/debug/seg6_end_dt4`.
//!
//! - `lookups`: how often a way was found directly, and how often the kernel was asked, by cause.
//! - `drops`: for each cause its name, the kernel's drop reason, and how many packets.
//! - `sid_drops`: for each SID with drops and each cause the inode number of its network namespace, its
//!   prefix, the cause, and how many packets. The prefix is `other` for those of all SIDs that came when
//!   there was no room for more.
//!
//! While it only audits there are these instead:
//!
//! - `audit`: how many packets would be served, and refused, by cause.
//! - `audit_sids`: those that would be refused by SID, as in `sid_drops`.
//! - `audit_headers`: for each cause the headers of the first few of them, in hexadecimal.

use crate::{
    audit::{
        self,
        AUDIT, //
    },
    drops::{
        self,
        Cause, //
    },
    lookups::Outcome, //
};
use kernel::fmt;
use kernel_ext::debugfs::File;

/// The files.
pub(crate) fn files() -> &'static [File] {
    if AUDIT.is_on() {
        AUDIT_FILES
    } else {
        FILES
    }
}

const FILES: &[File] = &[
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

const AUDIT_FILES: &[File] = &[
    File {
        name: c"audit",
        show: show_audit,
    },
    File {
        name: c"audit_sids",
        show: show_sid_drops,
    },
    File {
        name: c"audit_headers",
        show: show_audit_headers,
    },
];

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

fn show_audit(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut result = Ok(());
    audit::for_each_count(|name, number| {
        result = result.and_then(|()| writeln!(f, "{name} {number}"));
    });
    result
}

fn show_audit_headers(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut result = Ok(());
    audit::for_each_headers(|cause, headers| {
        result = result.and_then(|()| writeln!(f, "{cause} {headers}"));
    });
    result
}

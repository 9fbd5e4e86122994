// SPDX-License-Identifier: GPL-2.0

//! The rules of the module, compiled from its own source, and what it takes to test them: a second
//! implementation written to be obvious, packets, and the comparison of the two.

#![forbid(unsafe_code)]

#[path = "../../../src"]
mod module {
    pub mod rules;
}

pub mod compare;
pub mod model;
pub mod packet;

pub use module::rules;

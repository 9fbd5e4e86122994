// SPDX-License-Identifier: GPL-2.0

//! Bindings that the `kernel` crate does not have.
//!
//! Generated from `bindings_helper.h` and `helpers.c`. Private to this crate: what is needed
//! outside gets an abstraction first.

#![cfg_attr(CONFIG_RUSTC_HAS_UNNECESSARY_TRANSMUTES, allow(unnecessary_transmutes))]
#![allow(
    clippy::all,
    clippy::as_underscore,
    clippy::cast_lossless,
    clippy::ptr_as_ptr,
    clippy::ref_as_ptr,
    clippy::undocumented_unsafe_blocks,
    dead_code,
    improper_ctypes,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unreachable_pub,
    unsafe_op_in_unsafe_fn
)]

use kernel::ffi;

type __kernel_size_t = usize;
type __kernel_ssize_t = isize;
type __kernel_ptrdiff_t = isize;

include!(concat!(
    env!("SEG6_END_DT4_OBJ"),
    "/rust/bindings_generated.rs"
));
include!(concat!(
    env!("SEG6_END_DT4_OBJ"),
    "/rust/bindings_helpers_generated.rs"
));

// SPDX-License-Identifier: GPL-2.0

//! Switches: parameters of the module that are on or off, and as a rule can be turned while it is
//! loaded, in `/sys/module/NAME/parameters/`.
//!
//! The parameters of `module!` are numbers, and cannot be written once the module is loaded.
//!
//! C header: `include/linux/moduleparam.h`

use crate::{
    bindings,
    once::read_once, //
};
use core::cell::UnsafeCell;
use kernel::{
    str::CStr,
    types::Opaque, //
};

/// A switch; a static variable that [`module_switch!`](crate::module_switch) declares.
pub struct Switch(UnsafeCell<bool>);

// SAFETY: It is one octet, written by `param_set_bool()` and read in one piece.
unsafe impl Sync for Switch {}

impl Switch {
    #[doc(hidden)]
    pub const fn new(on: bool) -> Self {
        Self(UnsafeCell::new(on))
    }

    /// Whether it is on at this moment. Any context.
    #[inline]
    pub fn is_on(&self) -> bool {
        // SAFETY: The pointer is that of the value, of which C writes 0 or 1.
        unsafe { read_once(self.0.get()) }
    }
}

/// `struct kernel_param` of a switch.
#[doc(hidden)]
#[repr(transparent)]
pub struct Parameter(bindings::kernel_param);

// SAFETY: Nobody writes it.
unsafe impl Sync for Parameter {}

extern "C" {
    /// `THIS_MODULE`.
    static __this_module: Opaque<bindings::module>;
}

impl Parameter {
    #[doc(hidden)]
    pub const fn new(name: &'static CStr, switch: &'static Switch, permissions: u16) -> Self {
        Self(bindings::kernel_param {
            name: name.to_bytes_with_nul().as_ptr().cast(),
            // SAFETY: Only the address is taken.
            mod_: unsafe { __this_module.get() },
            ops: &raw const bindings::param_ops_bool,
            perm: permissions,
            level: -1,
            flags: 0,
            __bindgen_anon_1: bindings::kernel_param__bindgen_ty_1 {
                arg: switch.0.get().cast(),
            },
        })
    }
}

/// Declares a [`Switch`] and the parameter that sets it: `static NAME: "parameter" = on, "what it is";`
///
/// With `at_load` behind the value it is set when the module is loaded, and not afterwards.
#[macro_export]
macro_rules! module_switch {
    (@permissions) => { 0o644 };
    (@permissions at_load) => { 0o444 };
    ($(#[$attribute:meta])* $vis:vis static $name:ident: $parameter:literal = $on:literal $($when:ident)?, $description:literal;) => {
        $(#[$attribute])*
        $vis static $name: $crate::switch::Switch = $crate::switch::Switch::new($on);

        const _: () = {
            const NAME: &::core::ffi::CStr = match ::core::ffi::CStr::from_bytes_with_nul(
                concat!($parameter, "\0").as_bytes(),
            ) {
                Ok(name) => name,
                Err(_) => panic!("a name holds a zero"),
            };

            // `module_param()`
            #[link_section = "__param"]
            #[used(compiler)]
            static PARAMETER: $crate::switch::Parameter =
                $crate::switch::Parameter::new(
                NAME,
                &$name,
                $crate::module_switch!(@permissions $($when)?),
            );

            const TYPE: &[u8] = concat!("parmtype=", $parameter, ":bool\0").as_bytes();
            const TEXT: &[u8] = concat!("parm=", $parameter, ":", $description, "\0").as_bytes();

            #[link_section = ".modinfo"]
            #[used(compiler)]
            static PARAMETER_TYPE: [u8; TYPE.len()] = *TYPE.first_chunk().unwrap();
            // `MODULE_PARM_DESC()`
            #[link_section = ".modinfo"]
            #[used(compiler)]
            static PARAMETER_TEXT: [u8; TEXT.len()] = *TEXT.first_chunk().unwrap();
        };
    };
}

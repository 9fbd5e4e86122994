// SPDX-License-Identifier: GPL-2.0

//! Registration in the kernel's table of behaviours, `seg6_action_table`.
//!
//! The kernel has no function for this. But the table can be written, and the state of each route
//! points to its entry: packets follow `desc->input`, new routes `desc->slwt_ops.build_state`. So a
//! behaviour is registered by exchanging these two pointers of one entry, and then serves all routes,
//! whoever has made them. No route is touched.
//!
//! The table is found by way of a route's state for End, its first entry. An entry is exchanged only
//! if it has the attributes and, by name, the functions of the built-in behaviour that is replaced.
//! How many there are is read from the source of the very kernel, whose build fails if its table
//! cannot be written (`bindings_helper.h`).
//!
//! # Unloading
//!
//! When the pointers are exchanged back some may still be on their way to our functions:
//!
//! - Packets: `seg6_local_input_core()`, and below it [`Tunnel::input`](super::tunnel::Tunnel::input), read
//!   `input` and call it inside one RCU read-side section. After a grace period nobody is in it.
//! - Tasks that create routes: see [`wait_for_build_state`].
//!
//! C source: `net/ipv6/seg6_local.c`

use super::{
    builtin::Builtin,
    callbacks::{
        wait_for_build_state,
        Callbacks, //
    },
};
use crate::{
    bindings,
    family::AF_INET6,
    once::read_once, //
};
use core::ptr;
use kernel::{
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    fmt,
    prelude::*,
    str::BStr,
};

/// The table.
///
/// # Invariants
///
/// It points to the first entry of `seg6_action_table`.
#[derive(Clone, Copy)]
struct Table(*mut bindings::seg6_action_desc);

impl Table {
    /// Finds it. Sleeps.
    fn new() -> Result<Self> {
        #[repr(C)]
        struct Attribute<T> {
            header: bindings::nlattr,
            value: T,
        }
        fn attribute<T>(r#type: u32, value: T) -> Attribute<T> {
            Attribute {
                header: bindings::nlattr {
                    nla_len: size_of::<Attribute<T>>() as u16,
                    nla_type: r#type as u16,
                },
                value,
            }
        }

        let action = attribute(bindings::SEG6_LOCAL_ACTION, bindings::SEG6_LOCAL_ACTION_END);
        let mut encap = attribute(bindings::RTA_ENCAP, action);
        let mut state = ptr::null_mut();
        // SAFETY: The attributes are complete. End looks neither at the configuration of a route nor
        // has it a message for anybody.
        to_result(unsafe {
            bindings::lwtunnel_build_state(
                &raw mut bindings::init_net,
                bindings::LWTUNNEL_ENCAP_SEG6_LOCAL as u16,
                (&raw mut encap).cast(),
                AF_INET6.into(),
                ptr::null(),
                &mut state,
                ptr::null_mut(),
            )
        })
        .inspect_err(|err| pr_err!("this kernel makes no seg6local route: {err:?}\n"))?;
        // SAFETY: It is the state of a seg6local route behind the head that all tunnels have. Nobody
        // else knows it, nor has it been counted.
        let first = unsafe {
            let tunnel: *const bindings::seg6_local_lwt = (&raw const (*state).data).cast();
            let first = (*tunnel).desc;
            bindings::lwtstate_free(state);
            first
        };
        let found = Symbol::with_offset_of(first.cast());
        if !found.as_bytes().starts_with(b"seg6_action_table+0x0/") {
            pr_err!("{found} is not the table of behaviours\n");
            return Err(ENOENT);
        }
        // INVARIANT: As was just found.
        Ok(Self(first))
    }

    /// Finds the entry of `builtin`, and remembers its functions.
    ///
    /// Fails with `ENOENT` if there is none, with `EBUSY` if its functions are not the built-in ones.
    fn look_up(self, builtin: &Builtin) -> Result {
        let entry = self.find(builtin).ok_or_else(|| {
            pr_err!("{}: this kernel has none that is known\n", builtin.name);
            ENOENT
        })?;
        let slots = builtin.slots();
        // SAFETY: By the type invariant the entry is one of the table. A function pointer is as a pointer.
        let (input, build_state) = unsafe {
            (
                (&raw mut (*entry).input).cast(),
                (&raw mut (*entry).slwt_ops.build_state).cast(),
            )
        };
        for (slot, place, name) in [
            (&slots.input, input, builtin.input),
            (&slots.build_state, build_state, builtin.build_state),
        ] {
            // SAFETY: As above. Others may write it.
            let function: *mut c_void = unsafe { read_once(place) };
            let found = Symbol::of(function);
            if found.as_bytes() != name.as_bytes() {
                pr_err!(
                    "{}: {found} is registered in place of {name}()\n",
                    builtin.name
                );
                return Err(EBUSY);
            }
            // SAFETY: As above, and as was just found.
            unsafe { slot.fill(place, function) };
        }
        Ok(())
    }

    /// The entry of a behaviour, if its attributes are those that are known.
    fn find(self, builtin: &Builtin) -> Option<*mut bindings::seg6_action_desc> {
        (0..bindings::SEG6_ACTION_COUNT as usize)
            .map(|index| self.0.wrapping_add(index))
            .find(|&entry| {
                // SAFETY: By the type invariant the entry is one of the table.
                let entry = unsafe { &*entry };
                entry.action == builtin.action.0
                    && entry.attrs == builtin.attributes
                    && entry.optattrs == builtin.optional_attributes
            })
    }
}

/// An address in words, `NAME [MODULE]`.
struct Symbol {
    text: [u8; bindings::KSYM_SYMBOL_LEN as usize],
    len: usize,
}

impl Symbol {
    /// Of a function; `sprint_symbol_no_offset()`.
    fn of(address: *const c_void) -> Self {
        Self::new(bindings::sprint_symbol_no_offset, address)
    }

    /// With offset and size; `sprint_symbol()`.
    fn with_offset_of(address: *const c_void) -> Self {
        Self::new(bindings::sprint_symbol, address)
    }

    fn new(
        sprint: unsafe extern "C" fn(*mut kernel::ffi::c_char, usize) -> c_int,
        address: *const c_void,
    ) -> Self {
        let mut text = [0; bindings::KSYM_SYMBOL_LEN as usize];
        // SAFETY: There is as much room as the function may need. Any address will do.
        let len = unsafe { sprint(text.as_mut_ptr().cast(), address as usize) };
        Self {
            text,
            len: len as usize,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(BStr::from_bytes(self.as_bytes()), f)
    }
}

/// The behaviours of a module in the table; dropping it takes them out.
pub(super) struct Registration {
    behaviours: &'static [Callbacks],
    /// Whether they only observe what the built-in ones get.
    only_observe: bool,
    /// Whether all are in the table.
    is_complete: bool,
}

impl Registration {
    /// Registers `behaviours`, all or none, and says so in the kernel's log. Sleeps.
    ///
    /// Fails with `EBUSY` if somebody else is registered for one of them, with `ENOENT` if the kernel
    /// does not have one, with `EOPNOTSUPP` if IPv6 is disabled. The kernel's log says which.
    pub(super) fn new(behaviours: &'static [Callbacks], only_observe: bool) -> Result<Self> {
        let table = Table::new()?;
        for behaviour in behaviours {
            table.look_up(&behaviour.builtin)?;
        }
        // What fails is dropped, so it takes out what was registered.
        let mut registration = Self {
            behaviours,
            only_observe,
            is_complete: false,
        };
        for behaviour in behaviours {
            for (slot, ours) in behaviour.functions(only_observe) {
                // SAFETY: The slot is filled, and the function made for it; `drop` takes care of the end.
                unsafe { slot.replace(slot.builtin(), ours) }.map_err(|found| {
                    let found = Symbol::of(found);
                    pr_err!("{}: {found} was just registered\n", behaviour.builtin.name);
                    EBUSY
                })?;
            }
        }
        registration.is_complete = true;
        let names = Names(behaviours);
        if only_observe {
            pr_info!("audit: watches {names}, the built-in code serves them\n");
        } else {
            pr_info!("serves {names}\n");
        }
        Ok(registration)
    }
}

impl Drop for Registration {
    /// Puts the built-in functions back, and waits until nobody is in ours any more.
    ///
    /// A function of somebody else that is found in the table may call ours, so it is taken out as well.
    fn drop(&mut self) {
        for behaviour in self.behaviours {
            for (slot, ours) in behaviour.functions(self.only_observe) {
                let builtin = slot.builtin();
                // SAFETY: The slot is filled, and gets its own function.
                let restored = unsafe { slot.replace(ours, builtin) };
                if let (Err(found), true) = (restored, self.is_complete) {
                    // SAFETY: As above.
                    if found != builtin && unsafe { slot.replace(found, builtin) }.is_ok() {
                        pr_warn!(
                            "{}: {} was registered meanwhile, and is taken out\n",
                            behaviour.builtin.name,
                            Symbol::of(found)
                        );
                    }
                }
            }
        }
        // SAFETY: We are in a task that may sleep, and holds no lock that a packet may need.
        unsafe { bindings::synchronize_net() };
        wait_for_build_state();
        if self.is_complete && self.only_observe {
            pr_info!("audit: ended\n");
        } else if self.is_complete {
            let names = Names(self.behaviours);
            pr_info!("unloaded, the built-in code serves {names}\n");
        }
    }
}

/// The names of behaviours.
struct Names(&'static [Callbacks]);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for behaviour in self.0 {
            write!(f, "{comma}{}", behaviour.builtin.name)?;
            comma = ", ";
        }
        Ok(())
    }
}

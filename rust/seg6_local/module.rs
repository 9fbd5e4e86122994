// SPDX-License-Identifier: GPL-2.0

//! A kernel module that consists of behaviours.

use super::{
    behaviour::Service,
    callbacks::Callbacks,
    table::Registration,
    tunnel::Tunnel, //
};
use crate::{
    debugfs::{
        Dir,
        File, //
    },
    fib6,
};
use kernel::{
    prelude::*,
    str::CStr,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

/// Declares the module: one that is a [`Service`] while it is loaded, serves its
/// [`behaviours`](super::Behaviour) or observes the built-in ones, and shows `files` in a directory
/// of debugfs with its name.
///
/// Takes the fields of `module!`, with these three in place of `type`. Used once, in the root of the
/// crate. This is a whole module, whose End.DT4 takes no packet:
///
/// ```
/// use kernel::prelude::*;
/// use kernel_ext::{
///     netlink::ExtAck,
///     rcu::ReadSection,
///     seg6_local::{
///         Behaviour,
///         Builtin,
///         Service,
///         Tunnel,
///         TunnelBuilder, //
///     },
///     skbuff::{
///         state::Outer,
///         Delivered,
///         DropReason,
///         Dropped,
///         SkBuff, //
///     },
/// };
///
/// enum Refusal {}
///
/// impl Service for Refusal {
///     type Data = ();
///
///     fn data() -> impl PinInit<(), Error> {
///         Ok(())
///     }
/// }
///
/// enum EndDt4 {}
///
/// impl Behaviour for EndDt4 {
///     const BUILTIN: Builtin = Builtin::END_DT4;
///
///     fn build_state(tunnel: &mut TunnelBuilder<'_>, _: &mut ExtAck) -> Result {
///         let vrf = tunnel.vrf_ifindex()?;
///         tunnel.bind_to_vrf(vrf);
///         Ok(())
///     }
///
///     fn input(
///         skb: SkBuff<Outer>,
///         _: Tunnel<'_>,
///         _: ReadSection<'_>,
///     ) -> Result<Delivered, Dropped> {
///         Err(skb.drop_because(DropReason::NOT_SPECIFIED))
///     }
/// }
///
/// kernel_ext::module_seg6_behaviours! {
///     service: Refusal,
///     behaviours: [EndDt4],
///     files: &[],
///     name: "refuses_all",
///     authors: ["Somebody"],
///     description: "SRv6 End.DT4 behaviour that drops each packet",
///     license: "GPL",
/// }
/// ```
#[macro_export]
macro_rules! module_seg6_behaviours {
    (
        service: $service:ty,
        behaviours: [$($behaviour:ty),+ $(,)?],
        files: $files:expr,
        name: $name:literal,
        $($module:tt)*
    ) => {
        #[::kernel::prelude::pin_data]
        struct ServiceModule {
            #[pin]
            inner: $crate::seg6_local::ServiceModule<$service>,
        }

        ::kernel::prelude::module! {
            type: ServiceModule,
            name: $name,
            $($module)*
        }

        const _: () = {
            impl $crate::seg6_local::Module for $service {
                const BEHAVIOURS: &'static [$crate::seg6_local::Callbacks] =
                    &[$($crate::seg6_local::Callbacks::of::<$behaviour>()),+];

                fn files() -> &'static [$crate::debugfs::File] {
                    $files
                }
            }

            impl ::kernel::InPlaceModule for ServiceModule {
                fn init(
                    _: &'static ::kernel::ThisModule,
                ) -> impl ::kernel::prelude::PinInit<Self, ::kernel::error::Error> {
                    ::kernel::prelude::try_pin_init!(Self {
                        // SAFETY: `module!` makes this the initialisation of the module. It is the
                        // only field, so nothing can fail after it.
                        inner <- unsafe {
                            $crate::seg6_local::ServiceModule::init(::kernel::c_str!($name))
                        },
                    })
                }
            }
        };
    };
}

/// What [`module_seg6_behaviours!`](crate::module_seg6_behaviours) adds to a service.
#[doc(hidden)]
pub trait Module: Service {
    /// Its behaviours.
    const BEHAVIOURS: &'static [Callbacks];

    /// What an operator can read in debugfs while the module is loaded.
    fn files() -> &'static [File];
}

/// What [`module_seg6_behaviours!`](crate::module_seg6_behaviours) makes the module of.
///
/// It owns the order of things that makes loading and unloading sound: the behaviours are registered
/// when [`Service::Data`] is there, files when nothing can fail any more, and all goes in the opposite
/// order.
#[doc(hidden)]
#[pin_data]
pub struct ServiceModule<S: Module> {
    // The first field is dropped first.
    files: Dir,
    registration: Registration,
    #[pin]
    data: S::Data,
}

/// Whether the module has been initialised, or its initialisation has begun.
static BEGUN: Atomic<bool> = Atomic::new(false);

impl<S: Module> ServiceModule<S> {
    /// Fails with `EBUSY` if it is not the first one.
    ///
    /// # Safety
    ///
    /// The first use is the initialisation of the module, as its last step that may fail.
    pub unsafe fn init(name: &'static CStr) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _: {
                // Safe code can call the initialisation of the module, too.
                if BEGUN.xchg(true, Relaxed) {
                    return Err(EBUSY);
                }
            },
            data <- S::data(),
            registration: Registration::new(S::BEHAVIOURS, S::only_observes())?,
            // SAFETY: Nothing can fail any more. Fields are dropped in the module's exit.
            files: unsafe { Dir::new(name, S::files()) },
        })
    }
}

/// Whether `route` leads to a SID that a behaviour of `S` serves.
pub fn serves<S: Module>(route: fib6::Route<'_>) -> bool {
    Tunnel::of_route(route).is_some_and(|tunnel| {
        S::BEHAVIOURS.iter().any(|behaviour| {
            tunnel.action() == behaviour.builtin.action && tunnel.is_served_as(&behaviour.builtin)
        })
    })
}

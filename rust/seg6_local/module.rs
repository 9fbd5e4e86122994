// SPDX-License-Identifier: GPL-2.0

//! A kernel module that consists of behaviours.

use super::{
    Replacement,
    Service, //
};
use crate::{
    debugfs::{
        Dir,
        File, //
    },
    livepatch::{
        self,
        Patch, //
    },
};
use core::marker::PhantomData;
use kernel::{
    fmt,
    prelude::*,
    str::CStr,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
    ThisModule, //
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
        $crate::declare_livepatch!();

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

        $(
            const _: () = {
                static TAKEOVER: $crate::seg6_local::Takeover<$behaviour> =
                    $crate::seg6_local::Takeover::new();

                // SAFETY: It is always the same one, and the anonymous constant makes sure that it is
                // that of nothing else.
                unsafe impl $crate::seg6_local::Served for $behaviour {
                    fn takeover() -> &'static $crate::seg6_local::Takeover<Self> {
                        &TAKEOVER
                    }
                }
            };
        )+

        const _: () = {
            static PATCH: $crate::seg6_local::Patch = $crate::seg6_local::Patch::new();

            // SAFETY: As above.
            unsafe impl $crate::seg6_local::Module for $service {
                const TAKEOVERS: &'static [fn() -> &'static dyn $crate::seg6_local::Replacement] =
                    &[$(|| <$behaviour as $crate::seg6_local::Served>::takeover()),+];

                fn files() -> &'static [$crate::debugfs::File] {
                    $files
                }

                fn patch() -> &'static $crate::seg6_local::Patch {
                    &PATCH
                }
            }

            impl ::kernel::InPlaceModule for ServiceModule {
                fn init(
                    module: &'static ::kernel::ThisModule,
                ) -> impl ::kernel::prelude::PinInit<Self, ::kernel::error::Error> {
                    ::kernel::prelude::try_pin_init!(Self {
                        // SAFETY: `module!` makes this the initialisation of the module. It is the
                        // only field, so nothing can fail after it.
                        inner <- unsafe {
                            $crate::seg6_local::ServiceModule::init(
                                module,
                                ::kernel::c_str!($name),
                            )
                        },
                    })
                }
            }
        };
    };
}

/// What [`module_seg6_behaviours!`](crate::module_seg6_behaviours), and nobody else, knows of a
/// service.
///
/// # Safety
///
/// [`patch`](Self::patch) always returns the same one, and so does each of
/// [`TAKEOVERS`](Self::TAKEOVERS).
#[doc(hidden)]
pub unsafe trait Module: Service {
    /// The takeovers of its behaviours.
    const TAKEOVERS: &'static [fn() -> &'static dyn Replacement];

    /// What an operator can read in debugfs while the module is loaded.
    fn files() -> &'static [File];

    /// The livepatch, a static variable of the module.
    fn patch() -> &'static Patch;
}

/// What [`module_seg6_behaviours!`](crate::module_seg6_behaviours) makes the module of.
///
/// It owns the order of things that makes loading and unloading sound: the livepatch is enabled
/// when nothing else can fail any more, files are there only after that, and [`Service::Data`]
/// goes when nobody runs a behaviour any more.
#[doc(hidden)]
#[pin_data]
pub struct ServiceModule<S: Module> {
    // The first field is dropped first.
    files: Dir,
    work: Work<S>,
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
    /// The first use is the initialisation of `module`, as its last step that may fail.
    pub unsafe fn init(
        module: &'static ThisModule,
        name: &'static CStr,
    ) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _: {
                // Safe code can call the initialisation of the module, too.
                if BEGUN.xchg(true, Relaxed) {
                    return Err(EBUSY);
                }
            },
            data <- S::data(),
            // SAFETY: By the safety requirements; nothing after it can fail, and it happens once, as
            // was just found out.
            work: unsafe { Work::begin(module) }?,
            // SAFETY: Nothing can fail any more. Fields are dropped in the module's exit.
            files: unsafe { Dir::new(name, S::files()) },
        })
    }
}

/// What the module does; dropping it ends that.
struct Work<S: Module> {
    audits: bool,
    /// Whether it has been said that it has begun.
    is_announced: bool,
    service: PhantomData<fn() -> S>,
}

impl<S: Module> Work<S> {
    /// # Safety
    ///
    /// Called once, from the initialisation of `module`, as its last step that may fail.
    unsafe fn begin(module: &'static ThisModule) -> Result<Self> {
        // Whatever fails, dropping it ends what has begun.
        let mut work = Self {
            audits: S::only_observes(),
            is_announced: false,
            service: PhantomData,
        };
        for takeover in S::TAKEOVERS {
            let takeover = takeover();
            // SAFETY: By the safety requirements.
            let begun = unsafe {
                if work.audits {
                    takeover.observe()
                } else {
                    takeover.begin()
                }
            };
            begun.inspect_err(|&err| {
                pr_err!(
                    "cannot watch {}(): {err:?}{}\n",
                    takeover.input(),
                    hint(err)
                );
            })?;
        }
        let names = Names::<S>(PhantomData);
        if work.audits {
            pr_info!("audit: watches {names}, and replaces nothing\n");
        } else {
            let mut functions = S::TAKEOVERS
                .iter()
                .flat_map(|takeover| takeover().functions())
                .flatten();
            // SAFETY: By the safety requirements; the replacements are made for these functions.
            unsafe { S::patch().enable::<Callbacks<S>>(module, &mut functions) }.inspect_err(
                |&err| {
                    let functions = Functions::<S>(PhantomData);
                    pr_err!("cannot replace {functions}: {err:?}{}\n", hint(err));
                },
            )?;
            pr_info!("Rust serves {names} in place of the built-in code\n");
        }
        work.is_announced = true;
        Ok(work)
    }
}

/// What may be the reason for an error.
fn hint(err: Error) -> &'static str {
    if err == EBUSY {
        " (another livepatch, perhaps in transition, or a kprobe holds a function)"
    } else if err == ENOENT || err == EINVAL {
        " (this kernel lacks a function)"
    } else {
        ""
    }
}

/// The names of the behaviours.
struct Names<S>(PhantomData<S>);

impl<S: Module> fmt::Display for Names<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for takeover in S::TAKEOVERS {
            write!(f, "{comma}{}", takeover().name())?;
            comma = ", ";
        }
        Ok(())
    }
}

/// The functions that the livepatch replaces.
struct Functions<S>(PhantomData<S>);

impl<S: Module> fmt::Display for Functions<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let functions = S::TAKEOVERS
            .iter()
            .flat_map(|takeover| takeover().functions())
            .flatten();
        let mut comma = "";
        for function in functions {
            f.write_fmt(kernel::prelude::fmt!("{comma}{}()", function.name))?;
            comma = ", ";
        }
        Ok(())
    }
}

impl<S: Module> Drop for Work<S> {
    fn drop(&mut self) {
        for takeover in S::TAKEOVERS {
            takeover().end();
        }
        if self.is_announced && self.audits {
            pr_info!("audit: ended\n");
        } else if self.is_announced {
            let routes = super::routes::<S>();
            pr_info!(
                "gone; {} routes were created, {} adopted\n",
                routes.built,
                routes.adopted
            );
        }
    }
}

/// What the livepatch core calls.
struct Callbacks<S>(PhantomData<S>);

impl<S: Module> livepatch::Callbacks for Callbacks<S> {
    fn post_patch() {
        // Disabling may have been begun and taken back.
        for takeover in S::TAKEOVERS {
            takeover().take();
        }
    }

    fn pre_unpatch() {
        for takeover in S::TAKEOVERS {
            takeover().give_back();
        }
    }

    fn post_unpatch() {
        // Enabling may have been begun and taken back.
        Self::pre_unpatch();
    }
}

// SPDX-License-Identifier: GPL-2.0

//! A kernel module that consists of one behaviour.

use super::{
    audit::Audit,
    Behaviour,
    Takeover, //
};
use crate::debugfs::{
    Dir,
    File, //
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    str::CStr,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
    ThisModule, //
};

/// Declares the module: one that serves a [`Behaviour`] while it is loaded, or observes the built-in
/// one, and shows `files` in a directory of debugfs with its name.
///
/// Takes the fields of `module!`, with these two in place of `type`. Used once, in the root of the
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
/// enum EndDt4 {}
///
/// impl Behaviour for EndDt4 {
///     const BUILTIN: Builtin = Builtin::END_DT4;
///
///     type Data = ();
///
///     fn data() -> impl PinInit<(), Error> {
///         Ok(())
///     }
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
/// kernel_ext::module_seg6_behaviour! {
///     behaviour: EndDt4,
///     files: &[],
///     name: "refuses_all",
///     authors: ["Somebody"],
///     description: "SRv6 End.DT4 behaviour that drops each packet",
///     license: "GPL",
/// }
/// ```
#[macro_export]
macro_rules! module_seg6_behaviour {
    (
        behaviour: $behaviour:ty,
        files: $files:expr,
        name: $name:literal,
        $($module:tt)*
    ) => {
        $crate::declare_livepatch!();

        #[::kernel::prelude::pin_data]
        struct BehaviourModule {
            #[pin]
            inner: $crate::seg6_local::BehaviourModule<$behaviour>,
        }

        ::kernel::prelude::module! {
            type: BehaviourModule,
            name: $name,
            $($module)*
        }

        const _: () = {
            static TAKEOVER: $crate::seg6_local::Takeover<$behaviour> =
                $crate::seg6_local::Takeover::new();

            // SAFETY: It is always the same one, and the anonymous constant makes sure that it is
            // that of nothing else.
            unsafe impl $crate::seg6_local::Module for $behaviour {
                fn files() -> &'static [$crate::debugfs::File] {
                    $files
                }

                fn takeover() -> &'static $crate::seg6_local::Takeover<Self> {
                    &TAKEOVER
                }
            }

            impl ::kernel::InPlaceModule for BehaviourModule {
                fn init(
                    module: &'static ::kernel::ThisModule,
                ) -> impl ::kernel::prelude::PinInit<Self, ::kernel::error::Error> {
                    ::kernel::prelude::try_pin_init!(Self {
                        // SAFETY: `module!` makes this the initialisation of the module. It is the
                        // only field, so nothing can fail after it.
                        inner <- unsafe {
                            $crate::seg6_local::BehaviourModule::init(
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

/// What [`module_seg6_behaviour!`](crate::module_seg6_behaviour), and nobody else, knows of a
/// behaviour.
///
/// # Safety
///
/// [`takeover`](Self::takeover) always returns the same one.
#[doc(hidden)]
pub unsafe trait Module: Behaviour {
    /// What an operator can read in debugfs while the module is loaded.
    fn files() -> &'static [File];

    /// The takeover of this behaviour, a static variable of the module.
    fn takeover() -> &'static Takeover<Self>;
}

/// What [`module_seg6_behaviour!`](crate::module_seg6_behaviour) makes the module of.
///
/// It owns the order of things that makes loading and unloading sound: the livepatch is enabled
/// when nothing else can fail any more, files are there only after that, and [`Behaviour::Data`]
/// goes when nobody runs `B` any more.
#[doc(hidden)]
#[pin_data]
pub struct BehaviourModule<B: Module> {
    // The first field is dropped first.
    files: Dir,
    work: Work<B>,
    #[pin]
    data: B::Data,
}

/// Whether the module has been initialised, or its initialisation has begun.
static BEGUN: Atomic<bool> = Atomic::new(false);

impl<B: Module> BehaviourModule<B> {
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
            data <- B::data(),
            // SAFETY: By the safety requirements; nothing after it can fail, and it happens once, as
            // was just found out.
            work: unsafe { Work::begin(module) }?,
            // SAFETY: Nothing can fail any more. Fields are dropped in the module's exit.
            files: unsafe { Dir::new(name, B::files()) },
        })
    }
}

/// What the module does; dropping it ends that.
enum Work<B: Module> {
    Serving { _until_dropped: Serving<B> },
    Auditing { _until_dropped: Audit<B> },
}

impl<B: Module> Work<B> {
    /// # Safety
    ///
    /// Called once, from the initialisation of `module`, as its last step that may fail.
    unsafe fn begin(module: &'static ThisModule) -> Result<Self> {
        if B::only_observes() {
            // SAFETY: By the safety requirements.
            let audit = unsafe { Audit::begin() }?;
            return Ok(Self::Auditing {
                _until_dropped: audit,
            });
        }
        // SAFETY: By the safety requirements.
        unsafe { B::takeover().begin(module) }?;
        Ok(Self::Serving {
            _until_dropped: Serving(PhantomData),
        })
    }
}

/// The behaviour is served by us; dropping it ends that.
struct Serving<B: Module>(PhantomData<fn() -> B>);

impl<B: Module> Drop for Serving<B> {
    fn drop(&mut self) {
        let takeover = B::takeover();
        takeover.end();
        let routes = takeover.routes();
        pr_info!(
            "gone; {} routes were created, {} adopted\n",
            routes.built,
            routes.adopted
        );
    }
}

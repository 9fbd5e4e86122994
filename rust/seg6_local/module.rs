// SPDX-License-Identifier: GPL-2.0

//! A kernel module that consists of one behaviour.

use super::Behaviour;
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    ThisModule, //
};

/// Declares the module: one that serves a [`Behaviour`] while it is loaded.
///
/// Takes the fields of `module!`, with `behaviour` in place of `type`.
#[macro_export]
macro_rules! module_seg6_behaviour {
    (behaviour: $behaviour:ty, $($module:tt)*) => {
        $crate::declare_livepatch!();

        #[::kernel::prelude::pin_data]
        struct BehaviourModule {
            #[pin]
            inner: $crate::seg6_local::BehaviourModule<$behaviour>,
        }

        impl ::kernel::InPlaceModule for BehaviourModule {
            fn init(
                module: &'static ::kernel::ThisModule,
            ) -> impl ::kernel::prelude::PinInit<Self, ::kernel::error::Error> {
                ::kernel::prelude::try_pin_init!(Self {
                    // SAFETY: The only field, so nothing can fail after it; `module!` below makes
                    // this the initialisation of the module.
                    inner <- unsafe { $crate::seg6_local::BehaviourModule::init(module) },
                })
            }
        }

        ::kernel::prelude::module! {
            type: BehaviourModule,
            $($module)*
        }
    };
}

/// What [`module_seg6_behaviour!`](crate::module_seg6_behaviour) makes the module of.
///
/// It owns the order of things that makes loading and unloading sound: the livepatch is enabled
/// when nothing can fail any more, and [`Behaviour::Data`] goes when nobody runs `B` any more.
#[doc(hidden)]
#[pin_data]
pub struct BehaviourModule<B: Behaviour> {
    // The first field is dropped first.
    takeover: Serving<B>,
    #[pin]
    data: B::Data,
}

impl<B: Behaviour> BehaviourModule<B> {
    /// # Safety
    ///
    /// Called once, from the initialisation of `module`, as its last step that may fail.
    pub unsafe fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            data <- B::data(),
            takeover: {
                // SAFETY: By the safety requirements; nothing after it can fail.
                unsafe { B::takeover().begin(module) }?;
                Serving(PhantomData)
            },
        })
    }
}

/// The behaviour is served by us; dropping it ends that.
struct Serving<B: Behaviour>(PhantomData<fn() -> B>);

impl<B: Behaviour> Drop for Serving<B> {
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

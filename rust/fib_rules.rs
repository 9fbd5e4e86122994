// SPDX-License-Identifier: GPL-2.0

//! Policy rules: which routing tables a packet is looked up in, and in which order.
//!
//! Most rules select nothing: each packet goes by them. What such a [`Plain`] rule does is known
//! without asking the kernel; what any other does is the kernel's business.
//!
//! C headers: `include/net/fib_rules.h`, `net/ipv4/fib_rules.c`, `net/ipv6/fib6_rules.c`

use crate::{
    bindings::{
        self,
        fib4_rule,
        fib6_rule,
        fib_rule,
        fib_rules_ops,
        list_head, //
    },
    net_namespace::Net,
    once::{
        jiffies,
        read_once, //
    },
    rcu::ReadSection,
};
use core::{
    marker::PhantomData,
    mem::offset_of,
    ptr, //
};
use kernel::sync::atomic::{
    Atomic,
    Relaxed, //
};

/// Where fields that lie behind each other are, as one number: `NUMBER: STRUCTURE, POINTER, FIELDS`.
macro_rules! together {
    ($number:ty: $struct:ty, $ptr:expr, $($field:ident $(.$inner:ident)?),+) => {{
        const {
            let places = [$(offset_of!($struct, $field $(.$inner)?)),+];
            assert!(places[0] % size_of::<$number>() == 0);
            let mut i = 1;
            while i < places.len() {
                assert!(places[i] == places[0] + i * size_of::<$number>() / places.len());
                i += 1;
            }
        }
        together!(@first $ptr, $($field $(.$inner)?),+).cast::<$number>()
    }};
    (@first $ptr:expr, $field:ident $(.$inner:ident)?, $($rest:tt)+) => {
        &raw const (*$ptr).$field $(.$inner)?
    };
}

/// What a rule does that selects nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// Looks into the table with this number.
    Table(u32),
    /// Looks into the table of the L3 master device that the packet belongs to, if it does.
    L3Master,
}

/// A rule for IPv4.
pub type Ipv4 = fib4_rule;

/// A rule for IPv6.
pub type Ipv6 = fib6_rule;

/// The rules of one address family in a namespace, in their order.
///
/// # Invariants
///
/// `head` is the list of rules of a family whose rules are `R`, and `next` one of its nodes; all stay
/// allocated for `'rcu`.
pub struct Rules<'rcu, R> {
    head: *const list_head,
    next: *const list_head,
    rules: PhantomData<&'rcu R>,
}

impl<'rcu, R> Rules<'rcu, R> {
    /// # Safety
    ///
    /// `ops` are the rules of a family whose rules are `R`, in a namespace that stays allocated for
    /// `'rcu`, which is an RCU read-side section.
    #[inline]
    unsafe fn from_raw(ops: *const fib_rules_ops) -> Self {
        // SAFETY: By the safety requirements. The list is written meanwhile, by the rules of RCU.
        let (head, next) = unsafe {
            let head = &raw const (*ops).rules_list;
            (head, read_once(&raw const (*head).next).cast_const())
        };
        // INVARIANT: By the safety requirements; rules are freed by RCU.
        Self {
            head,
            next,
            rules: PhantomData,
        }
    }

    /// The next rule; [`None`] behind the last.
    #[inline]
    fn advance(&mut self) -> Option<*const fib_rule> {
        if ptr::eq(self.next, self.head) {
            return None;
        }
        let rule = self
            .next
            .wrapping_byte_sub(offset_of!(fib_rule, list))
            .cast();
        // SAFETY: By the type invariant the node is that of a rule, which leads to the next one.
        self.next = unsafe { read_once(&raw const (*self.next).next) }.cast_const();
        Some(rule)
    }
}

/// Where a rule was found last that selects something: the rules of which namespace, compared only, and
/// when, in ticks. A hint: what is found in another namespace overwrites it.
struct Selecting {
    rules: Atomic<*mut fib_rules_ops>,
    at: Atomic<usize>,
}

impl Selecting {
    const fn new() -> Self {
        Self {
            rules: Atomic::new(ptr::null_mut()),
            at: Atomic::new(0),
        }
    }

    /// Whether there is one among `rules`, found in this very tick.
    #[inline]
    fn is_among(&self, rules: *mut fib_rules_ops) -> bool {
        // SAFETY: The hint is valid. Others write it meanwhile.
        unsafe {
            read_once(self.rules.as_ptr().cast_const()) == rules
                && read_once(self.at.as_ptr()) == jiffies()
        }
    }

    #[cold]
    fn found_among(&self, rules: *mut fib_rules_ops) {
        self.at.store(jiffies(), Relaxed);
        self.rules.store(rules, Relaxed);
    }
}

/// One for each family.
static SELECTING_IPV4: Selecting = Selecting::new();
static SELECTING_IPV6: Selecting = Selecting::new();

impl<'rcu> Net<'rcu> {
    /// Whether the kernel looks at the policy rules for IPv4. It does not before one has been added to
    /// those that every namespace has.
    #[inline]
    pub fn has_custom_ipv4_rules(self) -> bool {
        // SAFETY: By the type invariant. Others write the flag meanwhile.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv4.fib_has_custom_rules) }
    }

    /// As for IPv4. If it does not, it does what the rules say that every namespace has.
    #[inline]
    pub fn has_custom_ipv6_rules(self) -> bool {
        // SAFETY: As above.
        unsafe { read_once(&raw const (*self.as_ptr()).ipv6.fib6_has_custom_rules) }
    }

    /// Whether a rule for IPv4 was found in this very tick that selects something: then it is not worth
    /// to look for one again.
    #[inline]
    pub fn ipv4_rules_select(self) -> bool {
        // SAFETY: By the type invariant.
        SELECTING_IPV4.is_among(unsafe { (*self.as_ptr()).ipv4.rules_ops })
    }

    /// Notes that there is one.
    #[cold]
    pub fn set_ipv4_rules_select(self) {
        // SAFETY: By the type invariant.
        SELECTING_IPV4.found_among(unsafe { (*self.as_ptr()).ipv4.rules_ops });
    }

    /// As for IPv4.
    #[inline]
    pub fn ipv6_rules_select(self) -> bool {
        // SAFETY: By the type invariant.
        SELECTING_IPV6.is_among(unsafe { (*self.as_ptr()).ipv6.fib6_rules_ops })
    }

    /// As for IPv4.
    #[cold]
    pub fn set_ipv6_rules_select(self) {
        // SAFETY: By the type invariant.
        SELECTING_IPV6.found_among(unsafe { (*self.as_ptr()).ipv6.fib6_rules_ops });
    }

    /// The policy rules for IPv4.
    #[inline]
    pub fn ipv4_rules(self, _rcu: ReadSection<'rcu>) -> Rules<'rcu, Ipv4> {
        // SAFETY: By the type invariant; the pointer does not change as long as the namespace has
        // devices.
        unsafe { Rules::from_raw((*self.as_ptr()).ipv4.rules_ops) }
    }

    /// The policy rules for IPv6. The kernel does not look at them before one has been added to those
    /// that every namespace has, but does what those say.
    #[inline]
    pub fn ipv6_rules(self, _rcu: ReadSection<'rcu>) -> Rules<'rcu, Ipv6> {
        // SAFETY: By the type invariant; the pointer does not change as long as the namespace has
        // devices.
        unsafe { Rules::from_raw((*self.as_ptr()).ipv6.fib6_rules_ops) }
    }
}

/// Each rule as far as it is plain, [`None`] for one that selects something, or does something else
/// than looking into a table.
impl Iterator for Rules<'_, Ipv4> {
    type Item = Option<Plain>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rule: *const fib4_rule = self.advance()?.cast();
        // SAFETY: By the type invariant. What is read does not change once the rule is in the list.
        Some(unsafe {
            match *together!(u32: fib4_rule, rule, dst_len, src_len, dscp, dscp_mask) {
                0 => plain(rule.cast()),
                _ => None,
            }
        })
    }
}

/// As for IPv4.
impl Iterator for Rules<'_, Ipv6> {
    type Item = Option<Plain>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rule: *const fib6_rule = self.advance()?.cast();
        // SAFETY: By the type invariant. What is read does not change once the rule is in the list.
        Some(unsafe {
            let prefixes = (*rule).dst.plen | (*rule).src.plen;
            let others = (*rule).flowlabel_mask | u32::from((*rule).dscp | (*rule).dscp_mask);
            match (prefixes, others) {
                (0, 0) => plain(rule.cast()),
                _ => None,
            }
        })
    }
}

/// What a rule does that, by the fields which both families have, selects nothing and suppresses
/// nothing; `fib_rule_match()`, `fib4_rule_action()`.
///
/// # Safety
///
/// `rule` is one in a list of rules, and stays allocated meanwhile.
#[inline]
unsafe fn plain(rule: *const fib_rule) -> Option<Plain> {
    const TO_TABLE: u8 = bindings::FR_ACT_TO_TBL as u8;

    // SAFETY: By the safety requirements. Others write the two indices, when a device comes or goes;
    // the rest does not change once the rule is in the list.
    unsafe {
        let selects = read_once(together!(u64: fib_rule, rule, iifindex, oifindex))
            | u64::from((*rule).mark_mask | (*rule).flags & bindings::FIB_RULE_INVERT)
            | (*rule).tun_id
            // Users from 0 to the last.
            | *together!(u64: fib_rule, rule, uid_range.start, uid_range.end) ^ !u64::from(u32::MAX)
            | *together!(u64: fib_rule, rule, sport_range.start, sport_range.end, dport_range.start, dport_range.end)
            | u64::from(*together!(u32: fib_rule, rule, sport_mask, dport_mask))
            | u64::from((*rule).ip_proto)
            // None is -1.
            | !*together!(u64: fib_rule, rule, suppress_ifgroup, suppress_prefixlen);
        if selects != 0 || (*rule).action != TO_TABLE {
            return None;
        }
        Some(if (*rule).l3mdev != 0 {
            Plain::L3Master
        } else {
            Plain::Table((*rule).table)
        })
    }
}

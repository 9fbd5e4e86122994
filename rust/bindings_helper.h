/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The declarations that bindgen turns into Rust.
 *
 * The private layouts of the seg6local tunnel are in no header. They come from
 * the kernel's own source of the very release the module is built for, never
 * from a copy; `scripts/check-layout.sh` compares them with the BTF of the
 * kernel that will run.
 */

#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/kallsyms.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/dropreason.h>
#include <net/fib_rules.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include <net/net_namespace.h>
#include <net/nexthop.h>
#include <net/protocol.h>
#include <net/route.h>
#include <net/seg6_hmac.h>

#include <net/ipv4/fib_rules.c>
#include <net/ipv6/fib6_rules.c>

/* The module writes to the table of behaviours, so it must be writable. */
#undef __ro_after_init
#define __ro_after_init \
	__attribute__((unavailable("read-only: the module cannot register")))
#include <net/ipv6/seg6_local.c>

_Static_assert(__builtin_types_compatible_p(typeof(&seg6_action_table[0]),
					    struct seg6_action_desc *),
	       "seg6_action_table is const: the module cannot register");

/* `bindgen` cannot read macros with casts or parentheses. */
const unsigned long RUST_CONST_HELPER_SKB_DST_NOREF = SKB_DST_NOREF;
const int RUST_CONST_HELPER_EINPROGRESS = EINPROGRESS;
const int RUST_CONST_HELPER_ENETUNREACH = ENETUNREACH;
const int RUST_CONST_HELPER_EHOSTUNREACH = EHOSTUNREACH;
const int RUST_CONST_HELPER_EOPNOTSUPP = EOPNOTSUPP;
const __u16 RUST_CONST_HELPER_IPSKB_L3SLAVE = IPSKB_L3SLAVE;
const unsigned int RUST_CONST_HELPER_KSYM_SYMBOL_LEN = KSYM_SYMBOL_LEN;
const unsigned int RUST_CONST_HELPER_SEG6_ACTION_COUNT =
	sizeof(seg6_action_table) / sizeof(seg6_action_table[0]);
const __u8 RUST_CONST_HELPER_INET_DSCP_MASK = INET_DSCP_MASK;

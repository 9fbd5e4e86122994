// SPDX-License-Identifier: GPL-2.0
/*
 * C functions that exist only as inlines or macros, made callable from Rust.
 * No logic here: each is one call. None is on the path of an ordinary packet.
 */

#include <linux/skbuff.h>
#include <net/ip_tunnels.h>

void rust_helper_skb_postpull_rcsum(struct sk_buff *skb, const void *start,
				    unsigned int len)
{
	skb_postpull_rcsum(skb, start, len);
}

int rust_helper_iptunnel_pull_offloads(struct sk_buff *skb)
{
	return iptunnel_pull_offloads(skb);
}

void rust_helper_nf_reset_ct(struct sk_buff *skb)
{
	nf_reset_ct(skb);
}

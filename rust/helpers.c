// SPDX-License-Identifier: GPL-2.0
/*
 * C functions that exist only as inlines or macros, made callable from Rust.
 * No logic here: each is one call. None is on the path of a packet that needs
 * nothing of the sort: no offload, conntrack entry or extension to take off, no
 * VRF to look for, no drop to count.
 */

#include <linux/cpumask.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
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

int rust_helper_skb_cow(struct sk_buff *skb, unsigned int headroom)
{
	return skb_cow(skb, headroom);
}

struct sk_buff *rust_helper_skb_share_check(struct sk_buff *skb)
{
	return skb_share_check(skb, GFP_ATOMIC);
}

void rust_helper_skb_ext_reset(struct sk_buff *skb)
{
	skb_ext_reset(skb);
}

struct net_device *rust_helper_first_net_device_rcu(struct net *net)
{
	return list_first_or_null_rcu(&net->dev_base_head, struct net_device,
				      dev_list);
}

struct net_device *rust_helper_next_net_device_rcu(struct net_device *dev)
{
	return next_net_device_rcu(dev);
}

void rust_helper_nf_reset_ct(struct sk_buff *skb)
{
	nf_reset_ct(skb);
}

bool rust_helper_cpu_possible(unsigned int cpu)
{
	return cpu_possible(cpu);
}

void rust_helper_this_cpu_inc(u64 __percpu *counter)
{
	this_cpu_inc(*counter);
}

u64 *rust_helper_per_cpu_ptr(u64 __percpu *counter, int cpu)
{
	return per_cpu_ptr(counter, cpu);
}

struct in_device *rust_helper_in_dev_get_rcu(const struct net_device *dev)
{
	return __in_dev_get_rcu(dev);
}

bool rust_helper_in_dev_forward(struct in_device *in_dev)
{
	return IN_DEV_FORWARD(in_dev);
}

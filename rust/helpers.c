// SPDX-License-Identifier: GPL-2.0
/*
 * C functions that exist only as inlines or macros, made callable from Rust.
 * No logic here: each is one call. None is on the path of a packet that needs
 * nothing of the sort: no offload, conntrack entry or extension to take off, no
 * VRF or route of a SID to look for, no next hop object, no drop; but for the
 * counters.
 */

#include <linux/cpumask.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/dst.h>
#include <net/ip_tunnels.h>
#include <net/netns/generic.h>
#include <net/nexthop.h>

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

int rust_helper_fib_info_num_path(const struct fib_info *info)
{
	return fib_info_num_path(info);
}

struct fib6_nh *rust_helper_nexthop_fib6_nh(struct nexthop *nexthop)
{
	return nexthop_fib6_nh(nexthop);
}

bool rust_helper_dst_hold_safe(struct dst_entry *dst)
{
	return dst_hold_safe(dst);
}

unsigned int rust_helper_net_inode(const struct net *net)
{
	return net->ns.inum;
}

void *rust_helper_net_generic(const struct net *net, unsigned int id)
{
	return net_generic(net, id);
}

void rust_helper_init_delayed_work(struct delayed_work *work, work_func_t func)
{
	INIT_DELAYED_WORK(work, func);
}

bool rust_helper_queue_delayed_work(struct delayed_work *work,
				    unsigned long delay)
{
	return queue_delayed_work(system_dfl_wq, work, delay);
}

bool rust_helper_mod_delayed_work(struct delayed_work *work,
				  unsigned long delay)
{
	return mod_delayed_work(system_dfl_wq, work, delay);
}

void rust_helper_synchronize_rcu_tasks(void)
{
	synchronize_rcu_tasks();
}

struct rt6_info *rust_helper_this_cpu_rt6(struct rt6_info * __percpu *routes)
{
	return this_cpu_read(*routes);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The device: what becomes of a packet from the moment that it is given to the stack
 * until it is taken back, and how long that takes.
 */

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "marker.h"
#include "seg6_bench.h"

/* The sink's part. One packet is under way at a time. */
static struct {
	const struct packet *packet;
	bool as_is;	/* it comes without the stack, and is not compared */
	unsigned int seen;
	bool wrong;
	u64 entered;
	u64 left;
} sink;

static u8 sink_buffer[MAX_PACKET];

static void sink_compare(struct sk_buff *skb)
{
	const struct packet *p = sink.packet;

	sink.seen++;
	if (sink.as_is)
		return;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		sink.wrong = true;
	else if (skb->len != p->out_len ||
		 skb_copy_bits(skb, 0, sink_buffer, skb->len) ||
		 memcmp(sink_buffer, p->data + p->in_len, p->out_len))
		sink.wrong = true;
	if (sink.wrong && skb->len <= MAX_PACKET &&
	    !skb_copy_bits(skb, 0, sink_buffer, skb->len))
		print_hex_dump(KERN_ERR, "seg6_bench: came out: ", DUMP_PREFIX_OFFSET,
			       16, 1, sink_buffer, skb->len, false);
}

static noinline netdev_tx_t sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	u64 now = stamp();

	if (sink.packet) {
		sink.entered = now;
		sink_compare(skb);
	}
	consume_skb(skb);
	sink.left = stamp();
	return NETDEV_TX_OK;
}

/*
 * Two of the same shape, so that what one costs more than the other is the stack.
 * What the stack puts off to a softirq (a tunnel does) runs at the end of it.
 */
static noinline int deliver_to_stack(struct sk_buff *skb, struct net_device *dev)
{
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	return 0;
}

static noinline int deliver_to_sink(struct sk_buff *skb, struct net_device *dev)
{
	local_bh_disable();
	sink_xmit(skb, dev);
	local_bh_enable();
	return 0;
}

static struct sk_buff *packet_skb(const struct packet *p, struct net_device *dev)
{
	unsigned int linear = p->linear ?: p->in_len;
	struct sk_buff *skb;
	struct page *page;

	/*
	 * Room in front as in drivers. So large, it is aligned: how many instructions
	 * memcpy() executes depends on addresses.
	 */
	skb = alloc_skb(NET_SKB_PAD + NET_IP_ALIGN + max(linear, 1024U), GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
	skb->dev = dev;
	skb_put_data(skb, p->data, linear);
	if (linear < p->in_len) {
		page = alloc_page(GFP_KERNEL);
		if (!page) {
			kfree_skb(skb);
			return NULL;
		}
		memcpy(page_address(page), p->data + linear, p->in_len - linear);
		skb_add_rx_frag(skb, 0, page, 0, p->in_len - linear, PAGE_SIZE);
	}
	if (p->csum_start) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + p->csum_start;
		skb->csum_offset = 6; /* UDP */
	}
	return skb;
}

int bench_measure(const struct packet *p, struct net_device *dev, bool to_sink, u32 *result,
		  u64 *whole)
{
	int (*deliver)(struct sk_buff *skb, struct net_device *dev);
	struct sk_buff *skb = packet_skb(p, dev);
	u64 start, end;

	if (!skb)
		return -ENOMEM;
	deliver = deliver_to_sink;
	if (!to_sink) {
		skb->protocol = eth_type_trans(skb, dev);
		deliver = deliver_to_stack;
	}
	sink.packet = p;
	sink.as_is = to_sink;
	sink.seen = 0;
	sink.wrong = false;
	MARKER(MARKER_START);
	start = stamp();
	deliver(skb, dev);
	end = stamp();
	MARKER(MARKER_STOP);
	sink.packet = NULL;
	*result = (sink.entered - start) + (end - sink.left);
	*whole = end - start;
	if (sink.seen == 1 && !sink.wrong)
		return 0;
	pr_err("seg6_bench: %u came out%s\n", sink.seen, sink.wrong ? ", not as expected" : "");
	return -EBADMSG;
}

static const struct net_device_ops bench_ops = {
	.ndo_start_xmit = sink_xmit,
	.ndo_set_mac_address = eth_mac_addr,
};

/* As veth: no queue, no lock, and checksums are left to it. */
static void bench_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &bench_ops;
	dev->needs_free_netdev = true;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->lltx = true;
	dev->features |= NETIF_F_SG | NETIF_F_HW_CSUM;
	dev->hw_features |= dev->features;
	dev->max_mtu = MAX_PACKET;
}

struct rtnl_link_ops bench_link __read_mostly = {
	.kind = "seg6_bench",
	.setup = bench_setup,
};

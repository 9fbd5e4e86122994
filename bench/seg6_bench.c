// SPDX-License-Identifier: GPL-2.0
/*
 * Packet generator and sink for measurements: a kind of network device.
 *
 *	ip link add core0 type seg6_bench
 *	cat FILE > /sys/kernel/debug/seg6_bench/packets
 *	echo DEVICE ROUNDS TRACE > /sys/kernel/debug/seg6_bench/run
 *
 * gives the packets of FILE, ROUNDS times one after the other, to the stack as if
 * they had come in on DEVICE. Each has to leave through a device of this kind, where
 * it is compared with what FILE says it should have become, octet by octet.
 *
 * What is measured, in ticks of the TSC, is what the kernel does between the two:
 * from netif_receive_skb() to ndo_start_xmit(), and the way back. Making the packet,
 * comparing and freeing it are not in it. /sys/kernel/debug/seg6_bench/ticks then has
 * a u32 for each packet of each round.
 *
 * DEVICE "none" hands the packets to the sink directly: the cost of measuring. TRACE is
 * 1 if the QEMU plugin is to keep the trace of the first packet, else 0.
 */

#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "marker.h"

#define MAX_FILE	(16 << 20)
#define MAX_PACKET	2048

/* One of FILE: what goes in, followed by what must come out. Little endian. */
struct packet {
	u16 in_len;
	u16 out_len;
	u16 linear;	/* octets that are not in a fragment; 0: all are linear */
	u16 csum_start;	/* where a partial checksum starts; 0: there is none */
	u8 data[];
};

static struct {
	void *file;
	size_t size;
	unsigned int count;
} packets;

/* The sink's part. One packet is under way at a time. */
static struct {
	const struct packet *packet;
	unsigned int seen;
	bool wrong;
	u64 entered;
	u64 left;
} sink;

static u8 sink_buffer[MAX_PACKET];
static struct debugfs_blob_wrapper ticks;
static struct dentry *debugfs;
static DEFINE_MUTEX(lock);

static __always_inline u64 stamp(void)
{
	return rdtsc_ordered();
}

static void sink_compare(struct sk_buff *skb)
{
	const struct packet *p = sink.packet;

	sink.seen++;
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

static int measure(const struct packet *p, struct net_device *dev, bool to_sink, u32 *result,
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
	sink.seen = 0;
	sink.wrong = false;
	sink.packet = p;
	MARKER(MARKER_START);
	start = stamp();
	deliver(skb, dev);
	end = stamp();
	MARKER(MARKER_STOP);
	sink.packet = NULL;
	if (to_sink)
		sink.wrong = false;
	*result = (sink.entered - start) + (end - sink.left);
	*whole = end - start;
	return sink.seen == 1 && !sink.wrong ? 0 : -EBADMSG;
}

static const struct packet *next_packet(const struct packet *p)
{
	return (void *)p + ALIGN(sizeof(*p) + p->in_len + p->out_len, 2);
}

static int count_packets(void)
{
	const void *end = packets.file + packets.size;
	const struct packet *p;

	packets.count = 0;
	for (p = packets.file; (void *)p < end; p = next_packet(p)) {
		if ((void *)(p + 1) > end || (void *)next_packet(p) > end ||
		    p->in_len < ETH_HLEN || p->in_len > MAX_PACKET ||
		    p->out_len > MAX_PACKET || p->linear > p->in_len)
			return -EINVAL;
		packets.count++;
	}
	return packets.count ? 0 : -ENODATA;
}

/* A trace of the first packet, in a run of it that no interrupt made longer. */
static int trace(const struct packet *p, struct net_device *dev, bool to_sink, u64 least)
{
	int tries, err;
	u32 ticks;
	u64 whole;

	for (tries = 0; tries < 100; tries++) {
		err = measure(p, dev, to_sink, &ticks, &whole);
		if (err)
			return err;
		if (whole <= least) {
			MARKER(MARKER_SAVE);
			return 0;
		}
	}
	return -ETIME;
}

static int run(struct net_device *dev, bool to_sink, unsigned int rounds, bool traced)
{
	const struct packet *p;
	unsigned int round, i;
	u64 whole, least = U64_MAX;
	u32 *result;
	int err;

	vfree(ticks.data);
	ticks.size = array3_size(rounds, packets.count, sizeof(u32));
	ticks.data = vmalloc(ticks.size);
	if (!ticks.data) {
		ticks.size = 0;
		return -ENOMEM;
	}
	/* The first time each is for the caches, neighbours and exceptions. */
	for (round = 0; round <= rounds; round++) {
		result = (u32 *)ticks.data + (round ? round - 1 : 0) * packets.count;
		for (i = 0, p = packets.file; i < packets.count; i++, p = next_packet(p)) {
			err = measure(p, dev, to_sink, &result[i], &whole);
			if (err == -EBADMSG)
				pr_err("seg6_bench: packet %u of round %u: %u came out%s\n", i,
				       round, sink.seen, sink.wrong ? ", not as expected" : "");
			if (err)
				return err;
			if (i == 0 && round)
				least = min(least, whole);
			cond_resched();
		}
	}
	return traced ? trace(packets.file, dev, to_sink, least) : 0;
}

static ssize_t run_write(struct file *file, const char __user *user, size_t len, loff_t *pos)
{
	char line[64] = "", name[IFNAMSIZ];
	struct net_device *dev;
	unsigned int rounds, traced;
	bool to_sink;
	int err;

	if (len >= sizeof(line) || copy_from_user(line, user, len) ||
	    sscanf(line, "%15s %u %u", name, &rounds, &traced) != 3 || !rounds)
		return -EINVAL;
	to_sink = !strcmp(name, "none");
	dev = dev_get_by_name(current->nsproxy->net_ns, to_sink ? "lo" : name);
	if (!dev)
		return -ENODEV;
	mutex_lock(&lock);
	err = count_packets();
	if (!err)
		err = run(dev, to_sink, rounds, traced);
	mutex_unlock(&lock);
	dev_put(dev);
	return err ?: len;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = run_write,
};

/* The file begins anew with each open() for writing. */
static int packets_open(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	vfree(packets.file);
	packets.file = NULL;
	packets.size = 0;
	mutex_unlock(&lock);
	return 0;
}

static ssize_t packets_write(struct file *file, const char __user *user, size_t len, loff_t *pos)
{
	ssize_t done = -ENOMEM;
	loff_t end = packets.size;

	mutex_lock(&lock);
	if (!packets.file)
		packets.file = vmalloc(MAX_FILE);
	if (packets.file)
		done = simple_write_to_buffer(packets.file, MAX_FILE, &end, user, len);
	if (done > 0)
		packets.size = end;
	mutex_unlock(&lock);
	return done ?: -ENOSPC;
}

static const struct file_operations packets_fops = {
	.owner = THIS_MODULE,
	.open = packets_open,
	.write = packets_write,
};

#define TICKS_OF(nops) ({						\
	u64 __start = stamp();						\
	asm volatile(".rept " #nops "; nop; .endr");			\
	stamp() - __start;						\
})

/* Ticks of 1000 instructions: 1000 exactly, if ticks are instructions. */
static int thousand_get(void *data, u64 *value)
{
	u64 one = TICKS_OF(1000), two = TICKS_OF(2000);

	*value = two - one;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(thousand_fops, thousand_get, NULL, "%llu\n");

static int tsc_khz_get(void *data, u64 *value)
{
	*value = tsc_khz;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(tsc_khz_fops, tsc_khz_get, NULL, "%llu\n");

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

static struct rtnl_link_ops bench_link __read_mostly = {
	.kind = "seg6_bench",
	.setup = bench_setup,
};

static int __init bench_init(void)
{
	int err = rtnl_link_register(&bench_link);

	if (err)
		return err;
	debugfs = debugfs_create_dir("seg6_bench", NULL);
	debugfs_create_file("packets", 0200, debugfs, NULL, &packets_fops);
	debugfs_create_file("run", 0200, debugfs, NULL, &run_fops);
	debugfs_create_blob("ticks", 0400, debugfs, &ticks);
	debugfs_create_file("thousand", 0400, debugfs, NULL, &thousand_fops);
	debugfs_create_file("tsc_khz", 0400, debugfs, NULL, &tsc_khz_fops);
	return 0;
}

static void __exit bench_exit(void)
{
	debugfs_remove(debugfs);
	rtnl_link_unregister(&bench_link);
	vfree(ticks.data);
	vfree(packets.file);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Packet generator and sink for measurements");
MODULE_LICENSE("GPL");

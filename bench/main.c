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
 * 1 if the QEMU plugin is to keep the trace of the first packet, else 0. ROUNDS 0 is one
 * round without the one before that caches and neighbours get used to the packets in.
 */

#include <linux/debugfs.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>

#include "marker.h"
#include "seg6_bench.h"

#define MAX_FILE	(16 << 20)

static struct {
	void *file;
	size_t size;
	unsigned int count;
} packets;

static struct debugfs_blob_wrapper ticks;
static struct dentry *debugfs;
static DEFINE_MUTEX(lock);

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
		err = bench_measure(p, dev, to_sink, &ticks, &whole);
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
	ticks.size = array3_size(max(rounds, 1U), packets.count, sizeof(u32));
	ticks.data = vmalloc(ticks.size);
	if (!ticks.data) {
		ticks.size = 0;
		return -ENOMEM;
	}
	/* The first time each is for the caches, neighbours and exceptions, if there are more. */
	for (round = 0; round <= rounds; round++) {
		result = (u32 *)ticks.data + (round ? round - 1 : 0) * packets.count;
		for (i = 0, p = packets.file; i < packets.count; i++, p = next_packet(p)) {
			err = bench_measure(p, dev, to_sink, &result[i], &whole);
			if (err) {
				pr_err("seg6_bench: packet %u of round %u: error %d\n", i, round, err);
				return err;
			}
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
	    sscanf(line, "%15s %u %u", name, &rounds, &traced) != 3 || (traced && !rounds))
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

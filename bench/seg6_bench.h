/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SEG6_BENCH_H
#define SEG6_BENCH_H

#include <linux/types.h>
#include <net/rtnetlink.h>
#include <asm/msr.h>

#define MAX_PACKET	2048

/* One of FILE: what goes in, followed by what must come out. Little endian. */
struct packet {
	u16 in_len;
	u16 out_len;
	u16 linear;	/* octets that are not in a fragment; 0: all are linear */
	u16 csum_start;	/* where a partial checksum starts; 0: there is none */
	u8 data[];
};

static __always_inline u64 stamp(void)
{
	return rdtsc_ordered();
}

/*
 * One packet, given to the stack as if it came from dev, or with to_sink to the sink at
 * once: ticks without what the sink did, and whole with it.
 */
int bench_measure(const struct packet *p, struct net_device *dev, bool to_sink, u32 *ticks,
		  u64 *whole);

extern struct rtnl_link_ops bench_link;

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else in the kernel's table of seg6local behaviours: looks at the
 * start of "table" for the pointer to "function", an input function, and puts
 * one in its place that counts and calls it. Gives it back at the end, unless
 * the pointer is another one by then.
 */

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

typedef int input_t(struct sk_buff *skb, void *slwt);

/* Ten of the twelve entries that there are. */
#define SEARCHED	560

static ulong table;
module_param(table, ulong, 0400);

static ulong function;
module_param(function, ulong, 0400);

static atomic_t packets;

static int packets_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&packets));
}

static const struct kernel_param_ops packets_ops = { .get = packets_get };
module_param_cb(packets, &packets_ops, NULL, 0400);

static ulong *place;

static int test_input(struct sk_buff *skb, void *slwt)
{
	atomic_inc(&packets);
	return ((input_t *)function)(skb, slwt);
}

static int __init test_init(void)
{
	ulong *end = (ulong *)(table + SEARCHED);

	for (place = (ulong *)table; place < end; place++) {
		if (cmpxchg(place, function, (ulong)test_input) == function)
			return 0;
	}
	return -ENOENT;
}

static void __exit test_exit(void)
{
	cmpxchg(place, (ulong)test_input, function);
	synchronize_net();
}

module_init(test_init);
module_exit(test_exit);
MODULE_DESCRIPTION("Selftest: somebody else's function in a table");
MODULE_LICENSE("GPL");

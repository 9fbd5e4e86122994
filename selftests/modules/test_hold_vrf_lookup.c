// SPDX-License-Identifier: GPL-2.0
/*
 * Puts whoever calls l3mdev_ifindex_lookup_by_table_id() to sleep before that,
 * until the parameter "hold" is cleared, or for 40 seconds: a task that creates
 * an End.DT4 route then sleeps in the function that builds its state.
 */

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <net/l3mdev.h>

static bool hold = true;
module_param(hold, bool, 0600);

static bool holding;
module_param(holding, bool, 0400);

static int hold_lookup(enum l3mdev_type l3type, struct net *net, u32 table_id)
{
	unsigned long end = jiffies + 40 * HZ;

	WRITE_ONCE(holding, true);
	while (READ_ONCE(hold) && time_before(jiffies, end))
		msleep(10);
	WRITE_ONCE(holding, false);
	/* Or this call would come here again. */
	WRITE_ONCE(hold, false);
	return l3mdev_ifindex_lookup_by_table_id(l3type, net, table_id);
}

/* A handler must not sleep, but may say where the caller goes instead. */
static int pre_handler(struct kprobe *p, struct pt_regs *regs)
{
	if (!READ_ONCE(hold))
		return 0;
	instruction_pointer_set(regs, (unsigned long)hold_lookup);
	return 1;
}
NOKPROBE_SYMBOL(pre_handler);

/* Without one the probe may become a jump, which leads nowhere else. */
static void post_handler(struct kprobe *p, struct pt_regs *regs,
			 unsigned long flags)
{
}
NOKPROBE_SYMBOL(post_handler);

static struct kprobe probe = {
	.symbol_name = "l3mdev_ifindex_lookup_by_table_id",
	.pre_handler = pre_handler,
	.post_handler = post_handler,
};

static int __init test_init(void)
{
	return register_kprobe(&probe);
}

static void __exit test_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(test_init);
module_exit(test_exit);
MODULE_DESCRIPTION("Selftest: has tasks sleep in the lookup of a VRF");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * Makes l3mdev_ifindex_lookup_by_table_id() sleep until the parameter "hold" is
 * cleared, and fail then: who creates an End.DT4 route stays in the function
 * that builds its state, and so holds up a livepatch transition.
 */

#include <linux/delay.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <net/l3mdev.h>

static bool hold = true;
module_param(hold, bool, 0600);

static int hold_vrf_lookup(enum l3mdev_type l3type, struct net *net,
			   u32 table_id)
{
	while (READ_ONCE(hold))
		msleep_interruptible(20);
	return -ENODEV;
}

static struct klp_func funcs[] = {
	{
		.old_name = "l3mdev_ifindex_lookup_by_table_id",
		.new_func = hold_vrf_lookup,
	}, { }
};

static struct klp_object objs[] = {
	{
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objs,
};

static int __init test_init(void)
{
	return klp_enable_patch(&patch);
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_DESCRIPTION("Selftest: holds tasks in seg6_end_dt4_build()");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");

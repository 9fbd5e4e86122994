// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's livepatch of seg6_end_dt4_build(): allows no End.DT4 route.
 */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/netlink.h>

struct seg6_local_lwt;

static int refuse_end_dt4(struct seg6_local_lwt *slwt, const void *cfg,
			  struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "refused by a test");
	return -EUSERS;
}

static struct klp_func funcs[] = {
	{
		.old_name = "seg6_end_dt4_build",
		.new_func = refuse_end_dt4,
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
MODULE_DESCRIPTION("Selftest: a livepatch of seg6_end_dt4_build()");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");

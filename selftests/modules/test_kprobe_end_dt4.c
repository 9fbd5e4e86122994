// SPDX-License-Identifier: GPL-2.0
/*
 * A kprobe with a post handler on seg6_end_dt4_build(). Like a livepatch it wants
 * to change where the function continues, and ftrace allows only one of these:
 * a livepatch of this function fails when others of it are replaced already.
 */

#include <linux/kprobes.h>
#include <linux/module.h>

static void post_handler(struct kprobe *p, struct pt_regs *regs,
			 unsigned long flags)
{
}

static struct kprobe probe = {
	.symbol_name = "seg6_end_dt4_build",
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
MODULE_DESCRIPTION("Selftest: a kprobe on seg6_end_dt4_build()");
MODULE_LICENSE("GPL");

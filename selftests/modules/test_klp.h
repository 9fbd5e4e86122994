/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A module that is a livepatch of one function of vmlinux, from its first to
 * its last moment: TEST_KLP("function", replacement); more members of its
 * struct klp_patch may follow.
 */

#include <linux/livepatch.h>
#include <linux/module.h>

#define TEST_KLP(name, replacement, ...)				\
static struct klp_func funcs[] = {					\
	{								\
		.old_name = name,					\
		.new_func = replacement,				\
	}, { }								\
};									\
									\
static struct klp_object objs[] = {					\
	{								\
		.funcs = funcs,						\
	}, { }								\
};									\
									\
static struct klp_patch patch = {					\
	.mod = THIS_MODULE,						\
	.objs = objs,							\
	__VA_ARGS__							\
};									\
									\
static int __init test_init(void)					\
{									\
	return klp_enable_patch(&patch);				\
}									\
									\
static void __exit test_exit(void)					\
{									\
}									\
									\
module_init(test_init);							\
module_exit(test_exit);							\
MODULE_LICENSE("GPL");							\
MODULE_INFO(livepatch, "Y")

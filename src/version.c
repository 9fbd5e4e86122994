// SPDX-License-Identifier: GPL-2.0
/* The version that modinfo shows: the packages', from debian/changelog. The macro module! knows none. */
#include <linux/module.h>

MODULE_VERSION(SEG6_END_DT4_VERSION);

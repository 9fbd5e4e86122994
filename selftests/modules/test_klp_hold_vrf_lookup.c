// SPDX-License-Identifier: GPL-2.0
/*
 * Makes l3mdev_ifindex_lookup_by_table_id() sleep until the parameter "hold" is
 * cleared, and fail then: who creates an End.DT4 route stays in the function
 * that builds its state, and so holds up a livepatch transition.
 */

#include <linux/delay.h>
#include <net/l3mdev.h>

#include "test_klp.h"

static bool hold = true;
module_param(hold, bool, 0600);

static int hold_vrf_lookup(enum l3mdev_type l3type, struct net *net,
			   u32 table_id)
{
	while (READ_ONCE(hold))
		msleep_interruptible(20);
	return -ENODEV;
}

TEST_KLP("l3mdev_ifindex_lookup_by_table_id", hold_vrf_lookup);
MODULE_DESCRIPTION("Selftest: holds tasks in seg6_end_dt4_build()");

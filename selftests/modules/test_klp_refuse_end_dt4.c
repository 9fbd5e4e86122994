// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's livepatch of seg6_end_dt4_build(): allows no End.DT4 route.
 */

#include <linux/netlink.h>

#include "test_klp.h"

struct seg6_local_lwt;

static int refuse_end_dt4(struct seg6_local_lwt *slwt, const void *cfg,
			  struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "refused by a test");
	return -EUSERS;
}

TEST_KLP("seg6_end_dt4_build", refuse_end_dt4);
MODULE_DESCRIPTION("Selftest: a livepatch of seg6_end_dt4_build()");

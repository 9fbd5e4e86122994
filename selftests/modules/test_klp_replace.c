// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's cumulative livepatch: it takes the place of all others, whose
 * callbacks are not called. What it replaces itself does not matter.
 */

#include <linux/seq_file.h>

#include "test_klp.h"

static int patched_cmdline(struct seq_file *m, void *v)
{
	seq_puts(m, "patched by a test\n");
	return 0;
}

TEST_KLP("cmdline_proc_show", patched_cmdline, .replace = true);
MODULE_DESCRIPTION("Selftest: a cumulative livepatch");

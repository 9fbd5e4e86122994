// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the CPU that comes to the end of the function "symbol" there, until the
 * parameter "hold" is cleared, or for 40 seconds.
 */

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/timekeeping.h>

static char *symbol;
module_param(symbol, charp, 0400);

static bool hold = true;
module_param(hold, bool, 0600);

static bool holding;
module_param(holding, bool, 0400);

static int return_handler(struct kretprobe_instance *instance,
			  struct pt_regs *regs)
{
	u64 end = ktime_get_mono_fast_ns() + 40 * NSEC_PER_SEC;

	WRITE_ONCE(holding, true);
	while (ktime_get_mono_fast_ns() < end && READ_ONCE(hold)) {
		mdelay(1);
		touch_softlockup_watchdog();
	}
	WRITE_ONCE(holding, false);
	return 0;
}

/* Not a kprobe: its handler would run with interrupts off. */
static struct kretprobe probe = {
	.handler = return_handler,
};

static int __init test_init(void)
{
	probe.kp.symbol_name = symbol;
	return register_kretprobe(&probe);
}

static void __exit test_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(test_init);
module_exit(test_exit);
MODULE_DESCRIPTION("Selftest: keeps a CPU at the end of a function");
MODULE_LICENSE("GPL");

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that do nothing, which the generator executes and the QEMU plugin
 * looks for: a long NOP with a displacement that no compiler emits.
 */
#ifndef BENCH_MARKER_H
#define BENCH_MARKER_H

#define MARKER_START	0x5e60d701	/* a packet begins */
#define MARKER_STOP	0x5e60d702	/* it has ended */
#define MARKER_SAVE	0x5e60d703	/* keep the trace of the last one */

#define MARKER(n)	asm volatile("nopl %c0(%%rax)" : : "i" (n) : "memory")

#endif

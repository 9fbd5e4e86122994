// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: writes down the address of each instruction that the guest's kernel
 * executes for a packet, between the markers of the generator. out=FILE gets, for each
 * trace kept, a u64 with its length, then a u64 for each instruction; the uppermost
 * octet of an address says whether it is a call or a return.
 *
 * Debian has no qemu-plugin.h: what is used of its stable interface is declared here.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum { QEMU_PLUGIN_CB_NO_REGS };
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_cb)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_cb cb, int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *data, size_t len);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 4;

#define KERNEL	(1ULL << 63)
#define KIND(n)	((uint64_t)(n) << 56)
enum { KIND_OTHER, KIND_CALL, KIND_RET };

/* The instructions that run one after the other once the first is reached. */
struct block {
	size_t len;
	uint64_t insns[];
};

static FILE *out;
static bool recording;
static uint64_t trace[1 << 20];
static size_t trace_len;

static void on_start(unsigned int cpu, void *data)
{
	recording = true;
	trace_len = 0;
}

static void on_stop(unsigned int cpu, void *data)
{
	recording = false;
}

static void on_save(unsigned int cpu, void *data)
{
	uint64_t len = trace_len;

	fwrite(&len, sizeof(len), 1, out);
	fwrite(trace, sizeof(*trace), trace_len, out);
	fflush(out);
}

static void on_block(unsigned int cpu, void *data)
{
	const struct block *block = data;

	if (!recording || trace_len + block->len > sizeof(trace) / sizeof(*trace))
		return;
	memcpy(trace + trace_len, block->insns, block->len * sizeof(*trace));
	trace_len += block->len;
}

static void look_for_marker(struct qemu_plugin_insn *insn, const uint8_t *code, size_t len)
{
	uint32_t marker;

	if (len < 7 || code[0] != 0x0f || code[1] != 0x1f || code[2] != 0x80)
		return;
	memcpy(&marker, code + 3, sizeof(marker));
	switch (marker) {
	case MARKER_START:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_start, QEMU_PLUGIN_CB_NO_REGS, NULL);
		break;
	case MARKER_STOP:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_stop, QEMU_PLUGIN_CB_NO_REGS, NULL);
		break;
	case MARKER_SAVE:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_save, QEMU_PLUGIN_CB_NO_REGS, NULL);
		break;
	}
}

static uint64_t kind_of(const uint8_t *code, size_t len)
{
	size_t i = 0;

	/* Segment, size and repeat prefixes, then REX. */
	while (i < len && (code[i] == 0x2e || code[i] == 0x3e || code[i] == 0x66 || code[i] == 0xf2 || code[i] == 0xf3))
		i++;
	if (i < len && (code[i] & 0xf0) == 0x40)
		i++;
	if (i < len && (code[i] == 0xc3 || code[i] == 0xc2))
		return KIND_RET;
	if (i < len && code[i] == 0xe8)
		return KIND_CALL;
	if (i + 1 < len && code[i] == 0xff && (code[i + 1] >> 3 & 7) == 2)
		return KIND_CALL;
	return KIND_OTHER;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	struct block *block;

	if (!(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)) & KERNEL))
		return;
	block = malloc(sizeof(*block) + n * sizeof(*block->insns));
	if (!block)
		abort();
	block->len = n;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t code[16];
		size_t len = qemu_plugin_insn_data(insn, code, sizeof(code));

		block->insns[i] = (qemu_plugin_insn_vaddr(insn) & (KIND(1) - 1)) | KIND(kind_of(code, len));
		look_for_marker(insn, code, len);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "out=", 4) || !(out = fopen(argv[0] + 4, "wb"))) {
		fprintf(stderr, "trace_plugin: out=FILE is missing, or cannot be written\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}

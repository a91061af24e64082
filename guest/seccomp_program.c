/* SPDX-License-Identifier: MIT */
/* A BPF program for seccomp(2), written from its end to its beginning. */
#include "seccomp_program.h"

#include <errno.h>
#include <linux/seccomp.h>

#define MAX_SHORT_JUMP  255 /* of a comparison; BPF_JA has 32 bits */
#define RETURN_IN_REACH 200

static label put(struct program *p, unsigned code, uint32_t k, size_t yes, size_t no)
{
	if (p->count < MAX_PROGRAM)
		p->code[p->count] = (struct sock_filter){
		    .code = (uint16_t)code, .jt = (uint8_t)yes, .jf = (uint8_t)no, .k = k};
	return ++p->count;
}

/* One that stands nearby already does as well. */
label program_return(struct program *p, uint32_t action)
{
	size_t first = p->count > RETURN_IN_REACH ? p->count - RETURN_IN_REACH : 0;

	for (size_t i = first; i < p->count && i < MAX_PROGRAM; i++)
		if (p->code[i].code == (BPF_RET | BPF_K) && p->code[i].k == action)
			return i + 1;
	return put(p, BPF_RET | BPF_K, action, 0, 0);
}

label program_load(struct program *p, uint32_t offset)
{
	return put(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* A label that a comparison can reach from here, even after one more instruction. */
static label within_reach(struct program *p, label target)
{
	size_t distance = p->count - target;

	return distance < MAX_SHORT_JUMP ? target
	                                 : put(p, BPF_JMP | BPF_JA, (uint32_t)distance, 0, 0);
}

label program_jump(struct program *p, unsigned compare, uint32_t with, label yes, label no)
{
	yes = within_reach(p, yes);
	no = within_reach(p, no);
	return put(p, BPF_JMP | compare | BPF_K, with, p->count - yes, p->count - no);
}

/* Load one half of an argument and compare it, through a mask if there is one. */
static label half(struct program *p, const struct condition *c, bool high, unsigned compare,
                  label yes, label no)
{
	uint32_t offset = (uint32_t)offsetof(struct seccomp_data, args) + c->index * 8 +
	                  (high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) ? 4 : 0);
	unsigned shift = high ? 32 : 0;
	uint64_t value = c->op == OP_MASKED_EQ ? c->value_two & c->value : c->value;

	program_jump(p, compare, (uint32_t)(value >> shift), yes, no);
	if (c->op == OP_MASKED_EQ)
		put(p, BPF_ALU | BPF_AND | BPF_K, (uint32_t)(c->value >> shift), 0, 0);
	return program_load(p, offset);
}

static label test_equal(struct program *p, const struct condition *c, label yes, label no)
{
	label low = half(p, c, false, BPF_JEQ, yes, no);

	return c->wide ? half(p, c, true, BPF_JEQ, low, no) : low;
}

/* The upper halves decide unless they are equal. */
static label test_order(struct program *p, const struct condition *c, unsigned compare, label yes,
                        label no)
{
	label low = half(p, c, false, compare, yes, no);
	label equal;

	if (!c->wide)
		return low;
	equal = program_jump(p, BPF_JEQ, (uint32_t)(c->value >> 32), low, no);
	return half(p, c, true, BPF_JGT, yes, equal);
}

label program_test(struct program *p, const struct condition *c, label yes, label no)
{
	switch (c->op) {
	case OP_NE:
		return test_equal(p, c, no, yes);
	case OP_LT:
		return test_order(p, c, BPF_JGE, no, yes);
	case OP_LE:
		return test_order(p, c, BPF_JGT, no, yes);
	case OP_GE:
		return test_order(p, c, BPF_JGE, yes, no);
	case OP_GT:
		return test_order(p, c, BPF_JGT, yes, no);
	default:
		return test_equal(p, c, yes, no);
	}
}

int program_reverse(struct program *p)
{
	if (p->count > MAX_PROGRAM)
		return -E2BIG;
	for (size_t i = 0; i < p->count / 2; i++) {
		struct sock_filter swapped = p->code[i];

		p->code[i] = p->code[p->count - 1 - i];
		p->code[p->count - 1 - i] = swapped;
	}
	return 0;
}

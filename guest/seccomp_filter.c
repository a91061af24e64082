/* SPDX-License-Identifier: MIT */
/*
 * OCI's linux.seccomp as a filter for seccomp(2).
 *
 * Each architecture of the filter is a section: a binary search over ranges of
 * system call numbers that are treated alike. Where a profile allows 400 calls,
 * that is 10 comparisons for each of them instead of 400.
 */
#include "seccomp_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "log.h"
#include "seccomp_multiplex.h"
#include "seccomp_program.h"
#include "seccomp_syscalls.h"
#include "seccomp_words.h"

#define FIRST_X32   0x40000000u
#define MAX_NUMBERS (1u << 17) /* of cases: rules times names */

/* What is done with a call of an architecture that the filter does not have. */
#define FOREIGN SECCOMP_RET_KILL_PROCESS

/* Architectures that the kernel tells apart by the audit word; x32 is within x86_64. */
static const struct section {
	uint32_t audit;
	enum seccomp_arch archs[2];
	size_t arch_count;
	bool wide; /* arguments have 64 bits; those of x32 do not, as libseccomp has it */
} sections[] = {
    {AUDIT_ARCH_X86_64, {SECCOMP_X86_64, SECCOMP_X32}, 2, true},
    {AUDIT_ARCH_I386, {SECCOMP_X86}, 1, false},
    {AUDIT_ARCH_AARCH64, {SECCOMP_AARCH64}, 1, true},
};

/* What one rule says of one system call. */
struct seccomp_case {
	uint32_t number;
	uint32_t action;
	size_t order; /* of the rule */
	const struct seccomp_arg *args;
	size_t arg_count; /* 0: whatever the arguments are */
	bool wide;
};

struct cases {
	struct seccomp_case *items;
	size_t count;
	size_t room;
};

/* Numbers from start to the next range's; cases of one number, or a single action. */
struct range {
	uint32_t start;
	uint32_t action;
	const struct seccomp_case *cases; /* NULL: the action alone */
	size_t case_count;
};

struct compiler {
	const struct seccomp *config;
	struct seccomp_filter *filter;
	unsigned archs; /* bits */
	uint32_t default_action;
	struct cases cases; /* of the section at hand */
	struct range *ranges;
	size_t range_count;
	struct program program;
};

static int refuse(struct compiler *c, const char *format, const char *word)
{
	snprintf(c->filter->error, sizeof(c->filter->error), format, word);
	return -EINVAL;
}

static int action_of(struct compiler *c, const char *word, const struct optint *errno_ret,
                     uint32_t *action)
{
	int r = seccomp_action(word, errno_ret, action);

	if (r == -ENOTSUP)
		return refuse(c, "action '%.64s' needs a listener, which a virtual machine has not",
		              word);
	return r < 0 ? refuse(c, "there is no action '%.64s'", word) : 0;
}

static int read_head(struct compiler *c)
{
	const struct seccomp *s = c->config;

	if (s->listener_path && *s->listener_path)
		return refuse(c, "listenerPath '%.64s': a virtual machine has no such listener",
		              s->listener_path);
	if (!s->default_action)
		return refuse(c, "there is no %s", "defaultAction");
	c->archs = seccomp_native();
	if (!c->archs)
		return refuse(c, "the system calls of this machine are not known%s", "");
	for (size_t i = 0; i < s->architectures.count; i++) {
		unsigned bits;

		if (seccomp_architecture(s->architectures.items[i], &bits) < 0)
			return refuse(c, "there is no architecture '%.64s'",
			              s->architectures.items[i]);
		c->archs |= bits;
	}
	for (size_t i = 0; i < s->flags.count; i++) {
		unsigned flag;

		if (seccomp_flag(s->flags.items[i], &flag) < 0)
			return refuse(c, "there is no flag '%.64s'", s->flags.items[i]);
		c->filter->flags |= flag;
	}
	return action_of(c, s->default_action, &s->default_errno_ret, &c->default_action);
}

/* --- rules to cases ----------------------------------------------------------------------------
 */

static int add_case(struct compiler *c, struct seccomp_case item)
{
	struct cases *cases = &c->cases;

	if (cases->count == cases->room) {
		size_t room = cases->room ? 2 * cases->room : 512;
		struct seccomp_case *items;

		if (room > MAX_NUMBERS) {
			refuse(c, "it has too many %s", "rules");
			return -E2BIG;
		}
		items = realloc(cases->items, room * sizeof(*items));
		if (!items)
			return -ENOMEM;
		cases->items = items;
		cases->room = room;
	}
	item.order = cases->count;
	cases->items[cases->count++] = item;
	return 0;
}

/* Runtimes take conditions on the same argument for alternatives, each a rule of its own. */
static bool repeats_an_argument(const struct seccomp_rule *rule)
{
	unsigned seen = 0;

	for (size_t i = 0; i < rule->args.count; i++) {
		unsigned bit = 1u << rule->args.items[i].index.value;

		if (seen & bit)
			return true;
		seen |= bit;
	}
	return false;
}

static int add_rule(struct compiler *c, const struct seccomp_rule *rule, struct seccomp_case item)
{
	int r = 0;

	item.args = rule->args.items;
	item.arg_count = rule->args.count;
	if (!repeats_an_argument(rule))
		return add_case(c, item);
	item.arg_count = 1;
	for (size_t i = 0; r == 0 && i < rule->args.count; i++, item.args++)
		r = add_case(c, item);
	return r;
}

/*
 * The other way to make a call on i386. Its arguments are in memory, where no
 * filter looks: a rule that lets some of them through lets none through here,
 * one that refuses some refuses all.
 */
static int add_multiplexed(struct compiler *c, const struct seccomp_rule *rule, const char *name,
                           uint32_t action)
{
	bool lets_through = action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
	struct seccomp_case item = {.action = action, .arg_count = 1};

	item.args = seccomp_multiplex(name, &item.number);
	if (!item.args || (lets_through && rule->args.count))
		return 0;
	return add_case(c, item);
}

static int add_names(struct compiler *c, const struct section *s, const struct seccomp_rule *rule,
                     uint32_t action)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < rule->names.count; n++) {
		for (size_t a = 0; r == 0 && a < s->arch_count; a++) {
			struct seccomp_case item = {.action = action,
			                            .wide = s->wide && s->archs[a] != SECCOMP_X32};

			if ((c->archs & SECCOMP_ARCH_BIT(s->archs[a])) &&
			    seccomp_syscall_number(rule->names.items[n], s->archs[a], &item.number))
				r = add_rule(c, rule, item);
		}
		if (r == 0 && s->audit == AUDIT_ARCH_I386)
			r = add_multiplexed(c, rule, rule->names.items[n], action);
	}
	return r;
}

static int by_number(const void *a, const void *b)
{
	const struct seccomp_case *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int collect_cases(struct compiler *c, const struct section *s)
{
	c->cases.count = 0;
	for (size_t i = 0; i < c->config->syscalls.count; i++) {
		const struct seccomp_rule *rule = &c->config->syscalls.items[i];
		uint32_t action;
		int r = action_of(c, rule->action, &rule->errno_ret, &action);

		if (r == 0 && action != c->default_action)
			r = add_names(c, s, rule, action);
		if (r < 0)
			return r;
	}
	if (c->cases.count)
		qsort(c->cases.items, c->cases.count, sizeof(*c->cases.items), by_number);
	return 0;
}

/* --- cases to ranges ---------------------------------------------------------------------------
 */

static void add_range(struct compiler *c, struct range range)
{
	const struct range *last;

	/* The one before would be empty. */
	if (c->range_count && c->ranges[c->range_count - 1].start == range.start)
		c->range_count--;
	last = c->range_count ? &c->ranges[c->range_count - 1] : NULL;
	if (!last || last->cases || range.cases || last->action != range.action)
		c->ranges[c->range_count++] = range;
}

/* The cases of one number, from @first on. Return: how many. */
static size_t add_number(struct compiler *c, size_t first)
{
	const struct seccomp_case *items = c->cases.items;
	struct range range = {.start = items[first].number, .cases = &items[first]};
	size_t n = 0;

	for (; first + n < c->cases.count && items[first + n].number == range.start; n++)
		if (range.cases && !items[first + n].arg_count) {
			range.cases = NULL;
			range.action = items[first + n].action;
		}
	range.case_count = n;
	add_range(c, range);
	return n;
}

/* All numbers there are, from 0: between those of the rules the default holds. */
static int make_ranges(struct compiler *c, const struct section *s)
{
	bool x32 = c->archs & SECCOMP_ARCH_BIT(SECCOMP_X32);
	bool foreign_due = s->archs[0] == SECCOMP_X86_64 && !x32;
	struct range otherwise = {.action = c->default_action};

	free(c->ranges);
	c->range_count = 0;
	c->ranges = calloc(2 * c->cases.count + 3, sizeof(*c->ranges));
	if (!c->ranges)
		return -ENOMEM;
	add_range(c, otherwise);
	for (size_t i = 0; i < c->cases.count;) {
		size_t n = add_number(c, i);

		otherwise.start = c->cases.items[i].number + 1;
		add_range(c, otherwise);
		i += n;
	}
	if (foreign_due)
		add_range(c, (struct range){.start = FIRST_X32, .action = FOREIGN});
	return 0;
}

/* --- ranges to a program -----------------------------------------------------------------------
 */

static label put_case(struct compiler *c, const struct seccomp_case *item, label otherwise)
{
	label next = program_return(&c->program, item->action);

	for (size_t i = item->arg_count; i-- > 0;) {
		const struct seccomp_arg *arg = &item->args[i];
		const struct condition condition = {
		    .index = (unsigned)arg->index.value,
		    .op = (enum seccomp_op)arg->op,
		    .value = arg->value.value,
		    .value_two = arg->value_two.value,
		    .wide = item->wide,
		};

		next = program_test(&c->program, &condition, next, otherwise);
	}
	return next;
}

static label put_range(struct compiler *c, const struct range *range)
{
	label next;

	if (!range->cases)
		return program_return(&c->program, range->action);
	next = program_return(&c->program, c->default_action);
	for (size_t i = range->case_count; i-- > 0;)
		next = put_case(c, &range->cases[i], next);
	return next;
}

static label put_search(struct compiler *c, size_t first, size_t end)
{
	size_t middle = first + (end - first) / 2;
	label above, below;

	if (end - first == 1)
		return put_range(c, &c->ranges[first]);
	above = put_search(c, middle, end);
	below = put_search(c, first, middle);
	return program_jump(&c->program, BPF_JGE, c->ranges[middle].start, above, below);
}

static int put_section(struct compiler *c, const struct section *s, label *start)
{
	int r = collect_cases(c, s);

	if (r == 0)
		r = make_ranges(c, s);
	if (r < 0)
		return r;
	put_search(c, 0, c->range_count);
	*start = program_load(&c->program, offsetof(struct seccomp_data, nr));
	return 0;
}

static int put_all(struct compiler *c)
{
	label next = program_return(&c->program, FOREIGN);
	label starts[sizeof(sections) / sizeof(*sections)];
	size_t count = sizeof(sections) / sizeof(*sections);

	/* First those bodies that the head, which is written last, jumps to. */
	for (size_t i = 0; i < count; i++) {
		int r;

		if (!(c->archs & SECCOMP_ARCH_BIT(sections[i].archs[0])))
			continue;
		r = put_section(c, &sections[i], &starts[i]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < count; i++)
		if (c->archs & SECCOMP_ARCH_BIT(sections[i].archs[0]))
			next =
			    program_jump(&c->program, BPF_JEQ, sections[i].audit, starts[i], next);
	program_load(&c->program, offsetof(struct seccomp_data, arch));
	return 0;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* A name of a later kernel, or of another architecture than any of ours, is left out, as runtimes
 * do: the default action is what it gets. */
static void note_unknown(struct compiler *c)
{
	for (size_t i = 0; i < c->config->syscalls.count; i++) {
		const struct strlist *names = &c->config->syscalls.items[i].names;

		for (size_t n = 0; n < names->count; n++) {
			bool known = false;
			uint32_t number;

			for (int a = 0; a < SECCOMP_ARCH_COUNT; a++)
				known |= seccomp_syscall_number(names->items[n],
				                                (enum seccomp_arch)a, &number);
			known |= seccomp_multiplex(names->items[n], &number) != NULL;
			if (known)
				continue;
			c->filter->skipped++;
			log_debug("seccomp: no system call '%.64s' here: left out",
			          names->items[n]);
		}
	}
}

static int take_program(struct compiler *c)
{
	struct seccomp_filter *f = c->filter;

	if (program_reverse(&c->program) < 0) {
		snprintf(f->error, sizeof(f->error),
		         "it needs %zu instructions, more than the %d of BPF_MAXINSNS",
		         c->program.count, MAX_PROGRAM);
		return -E2BIG;
	}
	f->code = malloc(c->program.count * sizeof(*f->code));
	if (!f->code)
		return -ENOMEM;
	memcpy(f->code, c->program.code, c->program.count * sizeof(*f->code));
	f->count = c->program.count;
	return 0;
}

int seccomp_filter_make(struct seccomp_filter *f, const struct seccomp *config)
{
	_cleanup_free_ struct compiler *c = calloc(1, sizeof(*c));
	int r;

	*f = (struct seccomp_filter){0};
	if (!c)
		return -ENOMEM;
	c->config = config;
	c->filter = f;
	r = read_head(c);
	if (r == 0)
		r = put_all(c);
	if (r == 0)
		r = take_program(c);
	if (r == 0)
		note_unknown(c);
	free(c->cases.items);
	free(c->ranges);
	return r;
}

int seccomp_filter_load(const struct seccomp_filter *f)
{
	const struct sock_fprog program = {.len = (unsigned short)f->count, .filter = f->code};

	/* The flags are an unsigned int to the kernel; more than 0 is answered by TSYNC alone, with
	 * the thread that could not be filtered. There is one. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, f->flags, &program) != 0)
		return -errno;
	return 0;
}

void seccomp_filter_release(struct seccomp_filter *f)
{
	free(f->code);
	f->code = NULL;
	f->count = 0;
}

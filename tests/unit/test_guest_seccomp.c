/* SPDX-License-Identifier: MIT */
/* Seccomp filters: run by an interpreter, and compared with what the profile's rules say. */
#include "guest_test.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include "cleanup.h"
#include "seccomp_filter.h"
#include "seccomp_program.h"
#include "seccomp_syscalls.h"
#include "seccomp_words.h"

#ifndef __x86_64__
int main(void)
{
	return 0; /* the numbers below are those of x86_64 */
}
#else

#define X32          0x40000000u
#define ALLOW        SECCOMP_RET_ALLOW
#define ERRNO(n)     (SECCOMP_RET_ERRNO | (n))
#define KILL         SECCOMP_RET_KILL_PROCESS
#define HIGH_BITS(n) ((uint64_t)(n) << 32)

static struct vmconfig cfg;

/* Of the kernel's machine what seccomp filters use; whatever is wrong with a program fails. */
static uint32_t run(const struct seccomp_filter *f, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < f->count; pc++) {
		const struct sock_filter *i = &f->code[pc];
		bool yes;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k % 4 == 0 && i->k < sizeof(*data));
			memcpy(&a, (const char *)data + i->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = a > i->k;
			break;
		default:
			assert_int_equal(i->code, BPF_JMP | BPF_JGE | BPF_K);
			yes = a >= i->k;
		}
		pc += yes ? i->jt : i->jf;
	}
	fail_msg("the program has no end");
	return 0;
}

static int make(struct seccomp_filter *f, const char *profile)
{
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text,
	                     "{'entrypoint':['/x'],'cmd':[],'workdir':'/','env':{},"
	                     "'network_enabled':false,'init_mode':'exec','seccomp':%s}",
	                     profile) > 0);
	config_from(&cfg, text);
	assert_non_null(cfg.seccomp);
	return seccomp_filter_make(f, cfg.seccomp);
}

static void release(struct seccomp_filter *f)
{
	seccomp_filter_release(f);
	vmconfig_release(&cfg);
}

/* What the filter says of a call with these first arguments. */
static uint32_t call(const struct seccomp_filter *f, uint32_t arch, uint32_t number, uint64_t arg0,
                     uint64_t arg1)
{
	const struct seccomp_data data = {.nr = (int)number, .arch = arch, .args = {arg0, arg1}};

	return run(f, &data);
}

static uint32_t native(const struct seccomp_filter *f, uint32_t number, uint64_t arg0)
{
	return call(f, AUDIT_ARCH_X86_64, number, arg0, 0);
}

static void test_default_and_names(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(make(&f, "{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38,"
	                          "'syscalls':[{'names':['read','close','nonesuch'],"
	                          "'action':'SCMP_ACT_ALLOW'},"
	                          "{'names':['write'],'action':'SCMP_ACT_ERRNO','errnoRet':2},"
	                          "{'names':['open'],'action':'SCMP_ACT_ERRNO'}]}"),
	                 0);
	assert_int_equal(f.skipped, 1);
	assert_int_equal(native(&f, 0, 0), ALLOW);
	assert_int_equal(native(&f, 1, 0), ERRNO(2));
	assert_int_equal(native(&f, 2, 0), ERRNO(1));
	assert_int_equal(native(&f, 3, 0), ALLOW);
	assert_int_equal(native(&f, 4, 0), ERRNO(38));
	assert_int_equal(native(&f, 100000, 0), ERRNO(38));
	/* Not of the filter: other architectures, and x32, which hides in this one. */
	assert_int_equal(native(&f, X32, 0), KILL);
	assert_int_equal(native(&f, UINT32_MAX, 0), KILL);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 3, 0, 0), KILL);
	assert_int_equal(call(&f, AUDIT_ARCH_AARCH64, 63, 0, 0), KILL);
	release(&f);
}

static void test_architectures(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(make(&f, "{'defaultAction':'SCMP_ACT_KILL','architectures':"
	                          "['SCMP_ARCH_X86','SCMP_ARCH_X32','SCMP_ARCH_S390X'],'syscalls':["
	                          "{'names':['read','ioctl'],'action':'SCMP_ACT_ALLOW'}]}"),
	                 0);
	assert_int_equal(native(&f, 0, 0), ALLOW);
	assert_int_equal(native(&f, 16, 0), ALLOW);
	assert_int_equal(native(&f, 514, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(native(&f, X32 + 0, 0), ALLOW);
	assert_int_equal(native(&f, X32 + 514, 0), ALLOW);
	assert_int_equal(native(&f, X32 + 16, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 3, 0, 0), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 54, 0, 0), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 0, 0, 0), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(call(&f, AUDIT_ARCH_S390X, 3, 0, 0), KILL);
	release(&f);
}

static void test_actions(void **state)
{
	static const struct {
		const char *name;
		uint32_t result;
	} rows[] = {
	    {"KILL", SECCOMP_RET_KILL_THREAD},
	    {"KILL_THREAD", SECCOMP_RET_KILL_THREAD},
	    {"KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
	    {"TRAP", SECCOMP_RET_TRAP},
	    {"ERRNO", SECCOMP_RET_ERRNO | 7},
	    {"TRACE", SECCOMP_RET_TRACE | 7},
	    {"LOG", SECCOMP_RET_LOG},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct seccomp_filter f;
		char text[256];

		snprintf(text, sizeof(text),
		         "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['read'],"
		         "'action':'SCMP_ACT_%s','errnoRet':7}]}",
		         rows[i].name);
		assert_int_equal(make(&f, text), 0);
		assert_int_equal(native(&f, 0, 0), rows[i].result);
		assert_int_equal(native(&f, 1, 0), ALLOW);
		release(&f);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *profile, *error;
	} rows[] = {
	    {"{'defaultAction':'SCMP_ACT_X'}", "there is no action 'SCMP_ACT_X'"},
	    {"{'defaultAction':'SCMP_ACT_NOTIFY'}", "action 'SCMP_ACT_NOTIFY' needs a listener"},
	    {"{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/run/x'}",
	     "listenerPath '/run/x': a virtual machine has no such listener"},
	    {"{'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_PDP11']}",
	     "there is no architecture 'SCMP_ARCH_PDP11'"},
	    {"{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_X']}",
	     "there is no flag 'SECCOMP_FILTER_FLAG_X'"},
	    {"{'defaultAction':'SCMP_ACT_ALLOW','syscalls':"
	     "[{'names':['read'],'action':'SCMP_ACT_NO'}]}",
	     "there is no action 'SCMP_ACT_NO'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct seccomp_filter f;

		assert_int_equal(make(&f, rows[i].profile), -EINVAL);
		assert_non_null(strstr(f.error, rows[i].error));
		assert_null(f.code);
		release(&f);
	}
}

static void test_flags(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(
	    make(&f, "{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_LOG',"
	             "'SECCOMP_FILTER_FLAG_TSYNC','SECCOMP_FILTER_FLAG_SPEC_ALLOW',"
	             "'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']}"),
	    0);
	assert_int_equal(f.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_TSYNC |
	                              SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	release(&f);
}

/* Each operator at, below and above its value, in both halves. */
static void test_operators(void **state)
{
	static const uint64_t value = HIGH_BITS(5) | 7;
	static const uint64_t tries[] = {0,
	                                 7,
	                                 HIGH_BITS(4) | 7,
	                                 HIGH_BITS(4) | 9,
	                                 HIGH_BITS(5) | 6,
	                                 HIGH_BITS(5) | 7,
	                                 HIGH_BITS(5) | 8,
	                                 HIGH_BITS(6) | 0,
	                                 HIGH_BITS(6) | 7,
	                                 UINT64_MAX};
	static const char *const names[] = {"NE", "LT", "LE", "EQ", "GE", "GT"};

	(void)state;
	for (size_t n = 0; n < 6; n++) {
		struct seccomp_filter f;
		char text[256];

		snprintf(text, sizeof(text),
		         "{'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['read'],'action':"
		         "'SCMP_ACT_ALLOW','args':[{'index':0,'value':%llu,'op':'SCMP_CMP_%s'}]}]}",
		         (unsigned long long)value, names[n]);
		assert_int_equal(make(&f, text), 0);
		for (size_t t = 0; t < sizeof(tries) / sizeof(*tries); t++) {
			uint64_t x = tries[t];
			bool holds[] = {x != value,
			                x<value, x <= value, x == value, x >= value, x> value};

			assert_int_equal(native(&f, 0, x), holds[n] ? ALLOW : ERRNO(1));
		}
		release(&f);
	}
}

static void test_masked(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(make(&f,
	                      "{'defaultAction':'SCMP_ACT_ERRNO','syscalls':[{'names':['read'],"
	                      "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':1099511627791,"
	                      "'valueTwo':1099511627779,'op':'SCMP_CMP_MASKED_EQ'}]}]}"),
	                 0);
	assert_int_equal(native(&f, 0, HIGH_BITS(256) | 3), ALLOW);
	assert_int_equal(native(&f, 0, HIGH_BITS(257) | 0xf3), ALLOW);
	assert_int_equal(native(&f, 0, HIGH_BITS(255) | 3), ERRNO(1));
	assert_int_equal(native(&f, 0, HIGH_BITS(256) | 7), ERRNO(1));
	release(&f);
}

/* On 32 bits the upper half of an argument is not the program's. */
static void test_narrow_architectures(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(make(&f, "{'defaultAction':'SCMP_ACT_ERRNO','architectures':"
	                          "['SCMP_ARCH_X86','SCMP_ARCH_X32'],'syscalls':[{'names':['read'],"
	                          "'action':'SCMP_ACT_ALLOW','args':[{'index':1,"
	                          "'value':18446744073709551615,'op':'SCMP_CMP_EQ'}]}]}"),
	                 0);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 3, 0, UINT32_MAX), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, X32, 0, UINT32_MAX), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, 0, 0, UINT32_MAX), ERRNO(1));
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, 0, 0, UINT64_MAX), ALLOW);
	release(&f);
}

/* socketcall(2) and ipc(2): the arguments proper are out of sight. */
static void test_multiplexed_calls(void **state)
{
	struct seccomp_filter f;

	(void)state;
	assert_int_equal(make(&f,
	                      "{'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86'],"
	                      "'syscalls':[{'names':['socket','shmat'],'action':'SCMP_ACT_ALLOW'},"
	                      "{'names':['bind'],'action':'SCMP_ACT_ALLOW','args':"
	                      "[{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},"
	                      "{'names':['connect'],'action':'SCMP_ACT_TRAP','args':"
	                      "[{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]}]}"),
	                 0);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 102, 1, 0), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 102, 2, 0), ERRNO(1));
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 102, 3, 0), SECCOMP_RET_TRAP);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 102, 4, 0), ERRNO(1));
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 117, 21, 0), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 117, 22, 0), ERRNO(1));
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 359, 0, 0), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 361, 1, 0), ALLOW);
	release(&f);
	/* A rule for the whole of it outweighs those. */
	assert_int_equal(make(&f,
	                      "{'defaultAction':'SCMP_ACT_ERRNO','architectures':['SCMP_ARCH_X86'],"
	                      "'syscalls':[{'names':['socket'],'action':'SCMP_ACT_TRAP'},"
	                      "{'names':['socketcall'],'action':'SCMP_ACT_ALLOW'}]}"),
	                 0);
	assert_int_equal(call(&f, AUDIT_ARCH_I386, 102, 1, 0), ALLOW);
	release(&f);
}

static void test_several_rules_for_one_call(void **state)
{
	struct seccomp_filter f;

	(void)state;
	/* All of a rule's conditions; then the next rule. */
	assert_int_equal(make(&f, "{'defaultAction':'SCMP_ACT_ERRNO','syscalls':["
	                          "{'names':['read'],'action':'SCMP_ACT_ALLOW','args':["
	                          "{'index':0,'value':1,'op':'SCMP_CMP_EQ'},"
	                          "{'index':1,'value':2,'op':'SCMP_CMP_EQ'}]},"
	                          "{'names':['read'],'action':'SCMP_ACT_LOG','args':["
	                          "{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},"
	                          "{'names':['write'],'action':'SCMP_ACT_ALLOW','args':["
	                          "{'index':0,'value':1,'op':'SCMP_CMP_EQ'},"
	                          "{'index':0,'value':2,'op':'SCMP_CMP_EQ'}]},"
	                          "{'names':['close'],'action':'SCMP_ACT_ALLOW','args':["
	                          "{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},"
	                          "{'names':['close'],'action':'SCMP_ACT_TRAP'},"
	                          "{'names':['close'],'action':'SCMP_ACT_LOG'},"
	                          "{'names':['open'],'action':'SCMP_ACT_ALLOW','args':["
	                          "{'index':0,'value':1,'op':'SCMP_CMP_EQ'}]},"
	                          "{'names':['open'],'action':'SCMP_ACT_ERRNO'}]}"),
	                 0);
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, 0, 1, 2), ALLOW);
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, 0, 1, 3), SECCOMP_RET_LOG);
	assert_int_equal(call(&f, AUDIT_ARCH_X86_64, 0, 2, 2), ERRNO(1));
	/* The same argument twice: either. */
	assert_int_equal(native(&f, 1, 1), ALLOW);
	assert_int_equal(native(&f, 1, 2), ALLOW);
	assert_int_equal(native(&f, 1, 3), ERRNO(1));
	/* One without conditions outweighs the others; the first of those. */
	assert_int_equal(native(&f, 3, 1), SECCOMP_RET_TRAP);
	/* But not when it says what the default says. */
	assert_int_equal(native(&f, 2, 1), ALLOW);
	assert_int_equal(native(&f, 2, 2), ERRNO(1));
	release(&f);
}

/* --- a profile with a rule for every other number ------------------------------------------------
 */

static bool holds(const struct seccomp_arg *arg, const struct seccomp_data *data)
{
	uint64_t x = data->args[arg->index.value], value = arg->value.value;

	switch ((enum seccomp_op)arg->op) {
	case OP_NE:
		return x != value;
	case OP_LT:
		return x < value;
	case OP_LE:
		return x <= value;
	case OP_EQ:
		return x == value;
	case OP_GE:
		return x >= value;
	case OP_GT:
		return x > value;
	default:
		return (x & value) == (arg->value_two.value & value);
	}
}

static bool names_number(const struct seccomp_rule *rule, uint32_t number)
{
	uint32_t found;

	for (size_t i = 0; i < rule->names.count; i++)
		if (seccomp_syscall_number(rule->names.items[i], SECCOMP_X86_64, &found) &&
		    found == number)
			return true;
	return false;
}

/* Straight from the rules. Those of this test have each argument once. */
static uint32_t expected(const struct seccomp *s, const struct seccomp_data *data)
{
	uint32_t otherwise, action, result;

	assert_int_equal(seccomp_action(s->default_action, &s->default_errno_ret, &otherwise), 0);
	result = otherwise;
	for (size_t i = s->syscalls.count; i-- > 0;) {
		const struct seccomp_rule *rule = &s->syscalls.items[i];
		bool all = true;

		assert_int_equal(seccomp_action(rule->action, &rule->errno_ret, &action), 0);
		for (size_t a = 0; a < rule->args.count; a++)
			all = all && holds(&rule->args.items[a], data);
		if (all && action != otherwise && names_number(rule, (uint32_t)data->nr))
			result = action;
	}
	return result;
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

/* A value that is near another one more often than chance would have it. */
static uint64_t next_value(uint64_t *seed)
{
	uint64_t r = next_random(seed);

	return (r & 3) | (r & 4 ? HIGH_BITS(r >> 3 & 3) : 0);
}

static void put_random_rule(FILE *out, uint64_t *seed, const char *name)
{
	static const char *const operators[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
	static const char *const actions[] = {"ALLOW", "TRAP", "LOG", "ERRNO"};
	size_t args = next_random(seed) % 4;

	fprintf(out, "{'names':['%s'],'action':'SCMP_ACT_%s','args':[", name,
	        actions[next_random(seed) % 4]);
	for (size_t i = 0; i < args; i++)
		fprintf(out, "%s{'index':%zu,'value':%llu,'valueTwo':%llu,'op':'SCMP_CMP_%s'}",
		        i ? "," : "", i, (unsigned long long)next_value(seed),
		        (unsigned long long)next_value(seed), operators[next_random(seed) % 7]);
	fputs("]}", out);
}

static const char *const some_names[] = {
    "read",   "write",   "open",    "close",  "stat",        "poll",  "mmap",   "ioctl",
    "socket", "clone",   "fork",    "execve", "exit",        "kill",  "uname",  "fcntl",
    "getcwd", "ptrace",  "setuid",  "prctl",  "personality", "mount", "reboot", "futex",
    "openat", "unshare", "seccomp", "bpf",    "userfaultfd", "statx", "clone3", "mseal"};

#define NAME_COUNT (sizeof(some_names) / sizeof(*some_names))

static char *random_profile(uint64_t *seed)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fputs("{'defaultAction':'SCMP_ACT_ERRNO','syscalls':[", out);
	/* Each call in conditional rules alone or in one rule: what outweighs what is told above.
	 */
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (i)
			fputc(',', out);
		put_random_rule(out, seed, some_names[i]);
	}
	fputs("]}", out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_random_profiles(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < 50; round++) {
		_cleanup_free_ char *text = random_profile(&seed);
		struct seccomp_filter f;

		assert_int_equal(make(&f, text), 0);
		for (int i = 0; i < 2000; i++) {
			struct seccomp_data data = {.arch = AUDIT_ARCH_X86_64};
			uint32_t number = 0;

			seccomp_syscall_number(some_names[next_random(&seed) % NAME_COUNT],
			                       SECCOMP_X86_64, &number);
			data.nr = (int)(number + next_random(&seed) % 2);
			for (int a = 0; a < 6; a++)
				data.args[a] = next_value(&seed);
			assert_int_equal(run(&f, &data), expected(cfg.seccomp, &data));
		}
		release(&f);
	}
}

/* Long jumps: every call that there is, each with an action of its own. */
static void test_every_call(void **state)
{
	char *text = NULL;
	size_t size, count = 0;
	FILE *out = open_memstream(&text, &size);
	struct seccomp_filter f;
	FILE *header = fopen("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "re");
	char line[256], name[128];
	unsigned number;

	(void)state;
	if (!header) {
		fclose(out);
		free(text);
		skip();
	}
	fputs("{'defaultAction':'SCMP_ACT_KILL','syscalls':[", out);
	while (fgets(line, sizeof(line), header)) {
		uint32_t ours = 0;

		if (sscanf(line, "#define __NR_%127s %u", name, &number) != 2)
			continue;
		/* The table is the kernel's; a header may be newer than the table. */
		if (!seccomp_syscall_number(name, SECCOMP_X86_64, &ours)) {
			assert_true(number > 467);
			continue;
		}
		assert_int_equal(ours, number);
		fprintf(out, "%s{'names':['%s'],'action':'SCMP_ACT_ERRNO','errnoRet':%u}",
		        count++ ? "," : "", name, number + 1);
	}
	fclose(header);
	fputs("]}", out);
	assert_int_equal(fclose(out), 0);
	assert_true(count > 300);
	assert_int_equal(make(&f, text), 0);
	for (number = 0; number < 335; number++)
		assert_int_equal(native(&f, number, 0), ERRNO(number + 1));
	assert_int_equal(native(&f, 400, 0), SECCOMP_RET_KILL_THREAD);
	release(&f);
	free(text);
}

static void test_too_large(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct seccomp_filter f;

	(void)state;
	fputs("{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[", out);
	for (int i = 0; i < 1000; i++)
		fprintf(out,
		        "%s{'names':['read'],'action':'SCMP_ACT_TRAP','args':"
		        "[{'index':0,'value':%d,'op':'SCMP_CMP_EQ'},"
		        "{'index':1,'value':%d,'op':'SCMP_CMP_EQ'}]}",
		        i ? "," : "", i, i);
	fputs("]}", out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(make(&f, text), -E2BIG);
	assert_non_null(strstr(f.error, "BPF_MAXINSNS"));
	release(&f);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_default_and_names),
	    cmocka_unit_test(test_architectures),
	    cmocka_unit_test(test_actions),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_operators),
	    cmocka_unit_test(test_masked),
	    cmocka_unit_test(test_narrow_architectures),
	    cmocka_unit_test(test_multiplexed_calls),
	    cmocka_unit_test(test_several_rules_for_one_call),
	    cmocka_unit_test(test_random_profiles),
	    cmocka_unit_test(test_every_call),
	    cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif

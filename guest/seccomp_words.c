/* SPDX-License-Identifier: MIT */
/* The words of OCI's linux.seccomp as the kernel's numbers. */
#include "seccomp_words.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "seccomp_syscalls.h"

struct word {
	const char *word;
	uint32_t value;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct word actions[] = {
    {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
    {"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO},
    {"SCMP_ACT_TRACE", SECCOMP_RET_TRACE},
    {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
    {"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW},
    {"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF},
};

#if defined(__x86_64__)
#define NATIVE       SECCOMP_ARCH_BIT(SECCOMP_X86_64)
#define RUNS_X86_64  SECCOMP_ARCH_BIT(SECCOMP_X86_64)
#define RUNS_X86     SECCOMP_ARCH_BIT(SECCOMP_X86)
#define RUNS_X32     SECCOMP_ARCH_BIT(SECCOMP_X32)
#define RUNS_AARCH64 0
#elif defined(__aarch64__)
#define NATIVE       SECCOMP_ARCH_BIT(SECCOMP_AARCH64)
#define RUNS_X86_64  0
#define RUNS_X86     0
#define RUNS_X32     0
#define RUNS_AARCH64 SECCOMP_ARCH_BIT(SECCOMP_AARCH64)
#else
#define NATIVE       0
#define RUNS_X86_64  0
#define RUNS_X86     0
#define RUNS_X32     0
#define RUNS_AARCH64 0
#endif

/* Those without bits cannot be run here, or, as 32-bit ARM, have no numbers in our table: whatever
 * they call is refused. */
static const struct word architectures[] = {
    {"SCMP_ARCH_X86", RUNS_X86},
    {"SCMP_ARCH_X86_64", RUNS_X86_64},
    {"SCMP_ARCH_X32", RUNS_X32},
    {"SCMP_ARCH_ARM", 0},
    {"SCMP_ARCH_AARCH64", RUNS_AARCH64},
    {"SCMP_ARCH_MIPS", 0},
    {"SCMP_ARCH_MIPS64", 0},
    {"SCMP_ARCH_MIPS64N32", 0},
    {"SCMP_ARCH_MIPSEL", 0},
    {"SCMP_ARCH_MIPSEL64", 0},
    {"SCMP_ARCH_MIPSEL64N32", 0},
    {"SCMP_ARCH_PPC", 0},
    {"SCMP_ARCH_PPC64", 0},
    {"SCMP_ARCH_PPC64LE", 0},
    {"SCMP_ARCH_S390", 0},
    {"SCMP_ARCH_S390X", 0},
    {"SCMP_ARCH_PARISC", 0},
    {"SCMP_ARCH_PARISC64", 0},
    {"SCMP_ARCH_RISCV64", 0},
    {"SCMP_ARCH_LOONGARCH64", 0},
    {"SCMP_ARCH_M68K", 0},
    {"SCMP_ARCH_SH", 0},
    {"SCMP_ARCH_SHEB", 0},
};

/* The last one is about notifications, which there are none of: the kernel would refuse it. */
static const struct word filter_flags[] = {
    {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
    {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 0},
};

static const struct word *find(const struct word *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].word, word) == 0)
			return &words[i];
	return NULL;
}

int seccomp_action(const char *word, const struct optint *errno_ret, uint32_t *action)
{
	const struct word *found = find(actions, COUNT(actions), word);

	if (!found)
		return -EINVAL;
	if (found->value == SECCOMP_RET_USER_NOTIF)
		return -ENOTSUP;
	*action = found->value;
	if (found->value == SECCOMP_RET_ERRNO || found->value == SECCOMP_RET_TRACE)
		*action |= (errno_ret->set ? (uint32_t)errno_ret->value : EPERM) & SECCOMP_RET_DATA;
	return 0;
}

int seccomp_architecture(const char *word, unsigned *bits)
{
	const struct word *found = find(architectures, COUNT(architectures), word);

	if (!found)
		return -EINVAL;
	*bits = found->value;
	return 0;
}

unsigned seccomp_native(void)
{
	return NATIVE;
}

int seccomp_flag(const char *word, unsigned *flag)
{
	const struct word *found = find(filter_flags, COUNT(filter_flags), word);

	if (!found)
		return -EINVAL;
	*flag = found->value;
	return 0;
}

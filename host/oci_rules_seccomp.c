/* SPDX-License-Identifier: MIT */
/* Rules about seccomp: the words that libseccomp knows, and what goes together. */
#include "oci_rules.h"

#include <stdio.h>
#include <string.h>

#include "oci_runtime_doc.h"

static const char *const actions[] = {"SCMP_ACT_ALLOW",       "SCMP_ACT_ERRNO",
                                      "SCMP_ACT_KILL",        "SCMP_ACT_KILL_PROCESS",
                                      "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
                                      "SCMP_ACT_NOTIFY",      "SCMP_ACT_TRACE",
                                      "SCMP_ACT_TRAP",        NULL};

static const char *const architectures[] = {
    "SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",         "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",     "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",        NULL};

static const char *const flags[] = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                                    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                                    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static void check_words(const struct oci_check *c, const char *key, const struct strlist *list,
                        const char *const *words)
{
	for (size_t i = 0; i < list->count; i++) {
		char message[128];

		if (is_one_of(list->items[i], words))
			continue;
		snprintf(message, sizeof(message), "'%.64s' is none of those defined",
		         list->items[i]);
		oci_note(c, SEVERITY_ERROR, "enum", message, "/linux/seccomp/%s/%zu", key, i);
	}
}

static void check_action(const struct oci_check *c, const char *action, const char *pointer)
{
	char message[128];

	if (!action)
		return;
	snprintf(message, sizeof(message), "'%.64s' is no action of seccomp", action);
	if (!is_one_of(action, actions))
		oci_note(c, SEVERITY_ERROR, "enum", message, "%s", pointer);
	else if (strcmp(action, "SCMP_ACT_NOTIFY") == 0)
		oci_note(c, SEVERITY_ERROR, "unsupported",
		         "needs a listener on the host, which a virtual machine cannot have", "%s",
		         pointer);
}

/* An errno for an action that returns none is an error by the specification. */
static void check_errno(const struct oci_check *c, const char *action, const struct optint *number,
                        const char *pointer)
{
	if (!number->set || !action || strcmp(action, "SCMP_ACT_ERRNO") == 0 ||
	    strcmp(action, "SCMP_ACT_TRACE") == 0)
		return;
	oci_note(c, SEVERITY_ERROR, "seccomp", "is set, and the action returns no errno", "%s",
	         pointer);
}

static void check_syscall(const struct oci_check *c, const struct seccomp_rule *rule, size_t i)
{
	char pointer[64];

	snprintf(pointer, sizeof(pointer), "/linux/seccomp/syscalls/%zu/action", i);
	check_action(c, rule->action, pointer);
	snprintf(pointer, sizeof(pointer), "/linux/seccomp/syscalls/%zu/errnoRet", i);
	check_errno(c, rule->action, &rule->errno_ret, pointer);
}

static bool is_notify(const char *action)
{
	return action && strcmp(action, "SCMP_ACT_NOTIFY") == 0;
}

/* Without the action the path means nothing, says the specification; it is not kept. */
static void check_listener(const struct oci_check *c, const struct seccomp *s)
{
	bool wanted = is_notify(s->default_action);

	for (size_t i = 0; i < s->syscalls.count; i++)
		wanted = wanted || is_notify(s->syscalls.items[i].action);
	if (s->listener_path && wanted)
		oci_note(c, SEVERITY_ERROR, "unsupported",
		         "a virtual machine has no listener on the host",
		         "/linux/seccomp/listenerPath");
	else if (s->listener_path)
		oci_note(c, SEVERITY_WARNING, "not-applied",
		         "ignored: there is no action SCMP_ACT_NOTIFY",
		         "/linux/seccomp/listenerPath");
	else if (s->listener_metadata)
		oci_note(c, SEVERITY_ERROR, "seccomp", "is set, and 'listenerPath' is not",
		         "/linux/seccomp/listenerMetadata");
}

void oci_rules_seccomp(const struct oci_check *c)
{
	const struct seccomp *s = c->runtime->linux_ ? c->runtime->linux_->seccomp : NULL;

	if (!s)
		return;
	check_action(c, s->default_action, "/linux/seccomp/defaultAction");
	check_errno(c, s->default_action, &s->default_errno_ret, "/linux/seccomp/defaultErrnoRet");
	check_words(c, "architectures", &s->architectures, architectures);
	check_words(c, "flags", &s->flags, flags);
	check_listener(c, s);
	for (size_t i = 0; i < s->syscalls.count; i++)
		check_syscall(c, &s->syscalls.items[i], i);
}

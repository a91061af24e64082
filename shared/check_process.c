/* SPDX-License-Identifier: MIT */
/* Rules about the workload's identity and confinement. */
#include "check.h"

#include <stdio.h>
#include <string.h>

static void check_rlimits(const struct check *c)
{
	for (size_t i = 0; i < c->cfg->rlimits.count; i++) {
		const struct rlimit_row *row = &c->cfg->rlimits.items[i];

		if (row->soft.set && row->hard.set && row->soft.value > row->hard.value)
			error_at(c, "rlimit", "is above 'hard'", "/rlimits/%zu/soft", i);
		for (size_t k = 0; k < i; k++)
			if (row->type && row->type == c->cfg->rlimits.items[k].type)
				error_at(c, "duplicate", "is that of an earlier limit",
				         "/rlimits/%zu/type", i);
	}
}

static bool is_one_of(const char *action, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(action, *names) == 0)
			return true;
	return false;
}

static void check_action(const struct check *c, const char *action, const char *pointer)
{
	static const char *const actions[] = {"SCMP_ACT_ALLOW",       "SCMP_ACT_ERRNO",
	                                      "SCMP_ACT_KILL",        "SCMP_ACT_KILL_PROCESS",
	                                      "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
	                                      "SCMP_ACT_NOTIFY",      "SCMP_ACT_TRACE",
	                                      "SCMP_ACT_TRAP",        NULL};

	if (!action)
		return;
	if (!is_one_of(action, actions))
		error_at(c, "seccomp", "is no action of seccomp", "%s", pointer);
	else if (strcmp(action, "SCMP_ACT_NOTIFY") == 0)
		error_at(c, "seccomp", "needs a listener, which a virtual machine has not", "%s",
		         pointer);
}

static void check_seccomp(const struct check *c)
{
	const struct seccomp *s = c->cfg->seccomp;
	char pointer[64];

	if (!s)
		return;
	check_action(c, s->default_action, "/seccomp/defaultAction");
	if (s->listener_path)
		error_at(c, "seccomp", "a virtual machine has no listener on the host",
		         "/seccomp/listenerPath");
	for (size_t i = 0; i < s->syscalls.count; i++) {
		snprintf(pointer, sizeof(pointer), "/seccomp/syscalls/%zu/action", i);
		check_action(c, s->syscalls.items[i].action, pointer);
	}
}

static void check_hooks(const struct check *c)
{
	const struct hooks *hooks = c->cfg->hooks;

	for (size_t i = 0; hooks && i < hooks->start_container.count; i++) {
		const struct strlist *env = &hooks->start_container.items[i].env;

		for (size_t k = 0; k < env->count; k++)
			if (strcspn(env->items[k], "=") == 0 || !strchr(env->items[k], '='))
				error_at(c, "env", "is not NAME=VALUE",
				         "/hooks/start_container/%zu/env/%zu", i, k);
	}
}

void check_process(const struct check *c)
{
	check_rlimits(c);
	check_seccomp(c);
	check_hooks(c);
}

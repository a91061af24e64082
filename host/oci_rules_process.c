/* SPDX-License-Identifier: MIT */
/* Rules about the process and the hooks. */
#include "oci_rules.h"

#include <stdio.h>
#include <string.h>

#include "capability.h"
#include "list.h"
#include "oci_runtime_doc.h"

static void check_rlimits(const struct oci_check *c, const struct rlimit_list *limits)
{
	for (size_t i = 0; i < limits->count; i++) {
		const struct rlimit_row *row = &limits->items[i];
		bool twice = false;

		for (size_t k = 0; k < i && row->type; k++)
			twice = twice || limits->items[k].type == row->type;
		if (twice)
			oci_note(c, SEVERITY_ERROR, "duplicate", "is that of an earlier limit",
			         "/process/rlimits/%zu/type", i);
		if (row->soft.set && row->hard.set && row->soft.value > row->hard.value)
			oci_note(c, SEVERITY_ERROR, "rlimit", "is above 'hard'",
			         "/process/rlimits/%zu/soft", i);
	}
}

/* What execve(2) would be refused, or quietly do without. */
static void check_subset(const struct oci_check *c, const char *name, const struct strlist *set,
                         const char *other_name, const struct strlist *other)
{
	for (size_t i = 0; i < set->count; i++) {
		char message[160];

		/* One that is not known is said to be left out, and need not be anywhere. */
		if (strlist_contains(other, set->items[i]) || capability_parse(set->items[i]) < 0)
			continue;
		snprintf(message, sizeof(message), "'%.64s' is not in '%s'", set->items[i],
		         other_name);
		oci_note(c, SEVERITY_WARNING, "capability-sets", message,
		         "/process/capabilities/%s/%zu", name, i);
	}
}

static void check_capabilities(const struct oci_check *c, const struct capabilities *sets)
{
	if (!sets)
		return;
	check_subset(c, "effective", &sets->effective, "permitted", &sets->permitted);
	check_subset(c, "ambient", &sets->ambient, "permitted", &sets->permitted);
}

static void check_scheduler(const struct oci_check *c, const struct scheduler *scheduler)
{
	static const char *const flags[] = {"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM",
	                                    "SCHED_FLAG_DL_OVERRUN",    "SCHED_FLAG_KEEP_POLICY",
	                                    "SCHED_FLAG_KEEP_PARAMS",   "SCHED_FLAG_UTIL_CLAMP_MIN",
	                                    "SCHED_FLAG_UTIL_CLAMP_MAX"};

	for (size_t i = 0; scheduler && i < scheduler->flags.count; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof(flags) / sizeof(*flags); k++)
			known = known || strcmp(scheduler->flags.items[i], flags[k]) == 0;
		if (!known)
			oci_note(c, SEVERITY_ERROR, "enum", "is no flag of the scheduler",
			         "/process/scheduler/flags/%zu", i);
	}
}

static void check_hooks_of(const struct oci_check *c, const char *stage,
                           const struct hook_list *hooks)
{
	for (size_t i = 0; i < hooks->count; i++) {
		const struct strlist *env = &hooks->items[i].env;

		for (size_t k = 0; k < env->count; k++)
			if (env->items[k][0] == '=' || !strchr(env->items[k], '='))
				oci_note(c, SEVERITY_ERROR, "env-entry", "is not NAME=VALUE",
				         "/hooks/%s/%zu/env/%zu", stage, i, k);
	}
}

static void check_hooks(const struct oci_check *c, const struct oci_hooks *hooks)
{
	if (!hooks)
		return;
	check_hooks_of(c, "prestart", &hooks->prestart);
	check_hooks_of(c, "createRuntime", &hooks->create_runtime);
	check_hooks_of(c, "createContainer", &hooks->create_container);
	check_hooks_of(c, "startContainer", &hooks->start_container);
	check_hooks_of(c, "poststart", &hooks->poststart);
	check_hooks_of(c, "poststop", &hooks->poststop);
}

void oci_rules_process(const struct oci_check *c)
{
	const struct oci_process *process = c->runtime->process;

	check_hooks(c, c->runtime->hooks);
	if (!process)
		return;
	check_rlimits(c, &process->rlimits);
	check_capabilities(c, process->capabilities);
	check_scheduler(c, process->scheduler);
	if (process->io_priority && !process->io_priority->priority.set)
		oci_note(c, SEVERITY_WARNING, "required", "'priority' is missing, 0 is taken",
		         "/process/ioPriority");
}

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

/* The capabilities that are known, a bit for each. */
static uint64_t mask_of(const struct strlist *set)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < set->count; i++) {
		int capability = capability_parse(set->items[i]);

		if (capability >= 0)
			mask |= UINT64_C(1) << capability;
	}
	return mask;
}

/* What the kernel refuses, or does without. One that is not known need not be anywhere. */
static void check_permitted(const struct oci_check *c, const char *name, const struct strlist *set,
                            uint64_t permitted)
{
	for (size_t i = 0; i < set->count; i++) {
		int capability = capability_parse(set->items[i]);
		char message[96];

		if (capability < 0 || permitted & UINT64_C(1) << capability)
			continue;
		snprintf(message, sizeof(message), "'%.64s' is not in 'permitted'", set->items[i]);
		oci_note(c, SEVERITY_WARNING, "capability-sets", message,
		         "/process/capabilities/%s/%zu", name, i);
	}
}

static void check_capabilities(const struct oci_check *c, const struct capabilities *sets)
{
	if (!sets)
		return;
	check_permitted(c, "effective", &sets->effective, mask_of(&sets->permitted));
	check_permitted(c, "ambient", &sets->ambient, mask_of(&sets->permitted));
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

/* SPDX-License-Identifier: MIT */
/* What the kernel keeps of a process beside its identity. */
#include "process_attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "guest.h"
#include "own_proc.h"
#include "steps.h"

static int planned(struct guest *g, int r)
{
	return r < 0 ? guest_error(g, -r, "cannot plan the workload's start") : 0;
}

/* --- out-of-memory score ------------------------------------------------------------------------
 */

static int apply_oom_score(const struct step *s)
{
	_cleanup_fd_ int fd = own_proc_open("self/oom_score_adj", O_WRONLY);
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", (int)(int64_t)s->values[0]);

	if (fd < 0)
		return fd;
	return write(fd, text, (size_t)n) < 0 ? -errno : 0;
}

/* Also when none is given: init has taken itself out of the killer's reach, and that is not to be
 * inherited. */
int attributes_oom_score(struct guest *g, struct steps *plan)
{
	int64_t score = g->config.oom_score_adj.set ? g->config.oom_score_adj.value : 0;
	const struct step step = {.apply = apply_oom_score, .values = {(uint64_t)score}};

	return planned(g, steps_add(plan, &step, "set oom_score_adj to %d", (int)score));
}

/* --- scheduling ---------------------------------------------------------------------------------
 */

/* sched_setattr(2), as of Linux 5.3. */
struct sched_attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
	uint32_t util_min;
	uint32_t util_max;
};

/* One bit each, in this order. */
static const char *const scheduler_flags[] = {
    "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM",     "SCHED_FLAG_DL_OVERRUN",
    "SCHED_FLAG_KEEP_POLICY",   "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
    "SCHED_FLAG_UTIL_CLAMP_MAX"};

#define FLAG_COUNT (sizeof(scheduler_flags) / sizeof(*scheduler_flags))

static int apply_scheduler(const struct step *s)
{
	const struct scheduler *config = s->object;
	const struct sched_attributes attributes = {
	    .size = sizeof(attributes),
	    .policy = (uint32_t)config->policy - 1, /* the names are in the kernel's order */
	    .flags = s->values[0],
	    .nice = (int32_t)config->nice.value,
	    .priority = (uint32_t)config->priority.value,
	    .runtime = config->runtime.value,
	    .deadline = config->deadline.value,
	    .period = config->period.value,
	};

	return syscall(SYS_sched_setattr, 0, &attributes, 0) < 0 ? -errno : 0;
}

static int resolve_flags(struct guest *g, const struct strlist *words, uint64_t *flags)
{
	for (size_t i = 0; i < words->count; i++) {
		size_t n = 0;

		while (n < FLAG_COUNT && strcmp(scheduler_flags[n], words->items[i]) != 0)
			n++;
		if (n == FLAG_COUNT)
			return guest_error(g, 0, "scheduler: there is no flag '%s'",
			                   words->items[i]);
		*flags |= UINT64_C(1) << n;
	}
	return 0;
}

static int add_scheduler(struct guest *g, struct steps *plan, const struct scheduler *config)
{
	static const char *const policies[] = {"none",  "OTHER", "FIFO", "RR",
	                                       "BATCH", "ISO",   "IDLE", "DEADLINE"};
	struct step step = {.apply = apply_scheduler, .object = config};
	int r = resolve_flags(g, &config->flags, &step.values[0]);

	if (r < 0)
		return r;
	return planned(g, steps_add(plan, &step,
	                            "set scheduler SCHED_%s (nice %d, priority %d, flags %llx, "
	                            "runtime %llu, deadline %llu, period %llu)",
	                            policies[config->policy], (int)config->nice.value,
	                            (int)config->priority.value, (unsigned long long)step.values[0],
	                            (unsigned long long)config->runtime.value,
	                            (unsigned long long)config->deadline.value,
	                            (unsigned long long)config->period.value));
}

#define WHO_PROCESS 1  /* IOPRIO_WHO_PROCESS */
#define CLASS_SHIFT 13 /* IOPRIO_CLASS_SHIFT */

static int apply_io_priority(const struct step *s)
{
	return syscall(SYS_ioprio_set, WHO_PROCESS, 0, s->values[0]) < 0 ? -errno : 0;
}

static int add_io_priority(struct guest *g, struct steps *plan, const struct io_priority *config)
{
	static const char *const classes[] = {"NONE", "RT", "BE", "IDLE"};
	const struct step step = {
	    .apply = apply_io_priority,
	    .values = {(uint64_t)config->class << CLASS_SHIFT | (uint64_t)config->priority.value}};

	return planned(g, steps_add(plan, &step, "set I/O priority IOPRIO_CLASS_%s %d",
	                            classes[config->class], (int)config->priority.value));
}

int attributes_scheduling(struct guest *g, struct steps *plan)
{
	int r = 0;

	if (g->config.io_priority)
		r = add_io_priority(g, plan, g->config.io_priority);
	if (r == 0 && g->config.scheduler)
		r = add_scheduler(g, plan, g->config.scheduler);
	return r;
}

/* --- execution domain ---------------------------------------------------------------------------
 */

static int apply_personality(const struct step *s)
{
	return personality((unsigned long)s->values[0]) < 0 ? -errno : 0;
}

int attributes_personality(struct guest *g, struct steps *plan)
{
	const struct personality *config = g->config.personality;
	bool is_32 = config && config->domain == 2;
	const struct step step = {.apply = apply_personality,
	                          .values = {is_32 ? PER_LINUX32 : PER_LINUX}};

	if (!config)
		return 0;
	if (config->flags.count)
		return guest_error(g, 0, "personality: there is no flag '%s'",
		                   config->flags.items[0]);
	return planned(
	    g, steps_add(plan, &step, "set the personality %s", is_32 ? "LINUX32" : "LINUX"));
}

/* --- limits -------------------------------------------------------------------------------------
 */

static int apply_rlimit(const struct step *s)
{
	const uint64_t limits[2] = {s->values[1], s->values[2]}; /* struct rlimit64 */

	return syscall(SYS_prlimit64, 0, (int)s->values[0], limits, NULL) < 0 ? -errno : 0;
}

/* "unlimited", or the number. */
static const char *limit_text(uint64_t limit, char text[24])
{
	if (limit == UINT64_MAX)
		return "unlimited";
	snprintf(text, 24, "%llu", (unsigned long long)limit);
	return text;
}

int attributes_rlimits(struct guest *g, struct steps *plan)
{
	/* In the kernel's order, which is that of the names in shared/fields.c. */
	static const char *const resources[] = {
	    "none",       "CPU",      "FSIZE",  "DATA",    "STACK", "CORE",
	    "RSS",        "NPROC",    "NOFILE", "MEMLOCK", "AS",    "LOCKS",
	    "SIGPENDING", "MSGQUEUE", "NICE",   "RTPRIO",  "RTTIME"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < g->config.rlimits.count; i++) {
		const struct rlimit_row *row = &g->config.rlimits.items[i];
		const struct step step = {
		    .apply = apply_rlimit,
		    .values = {(uint64_t)row->type - 1, row->soft.value, row->hard.value}};
		char soft[24], hard[24];

		r = steps_add(plan, &step, "set RLIMIT_%s to %s, at most %s", resources[row->type],
		              limit_text(row->soft.value, soft), limit_text(row->hard.value, hard));
	}
	return planned(g, r);
}

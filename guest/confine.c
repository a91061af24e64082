/* SPDX-License-Identifier: MIT */
/*
 * Identity and confinement of the workload, as steps of its process.
 *
 *   scheduling, personality, umask   raising any of them needs privileges
 *   limits                           the same; and with them nothing more can be opened
 *   bounding, inheritable set        needs CAP_SETPCAP
 *   groups, group, user              from here on privileges are those that were kept
 *   ambient set                      a change of user would empty it
 *   no_new_privileges
 *   seccomp filter                   needs CAP_SYS_ADMIN or no_new_privileges
 *   permitted, effective set         the last: execve(2) follows
 *
 * With no_new_privileges the filter comes after the capabilities, so that it
 * need not allow capset(2). Without, it must: nothing else is called after it.
 */
#include "confine.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"
#include "identity.h"
#include "log.h"
#include "process_attributes.h"
#include "steps.h"

static int apply_umask(const struct step *s)
{
	umask((mode_t)s->values[0]);
	return 0;
}

static int apply_user(const struct step *s)
{
	const struct identity *id = s->object;

	/* The C library's would stop the other threads first, of which there are none. */
	if (syscall(SYS_setgroups, id->group_count, id->groups) < 0 ||
	    syscall(SYS_setresgid, id->gid, id->gid, id->gid) < 0 ||
	    syscall(SYS_setresuid, id->uid, id->uid, id->uid) < 0)
		return -errno;
	return 0;
}

static int apply_no_new_privileges(const struct step *s)
{
	(void)s;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int apply_filter(const struct step *s)
{
	return seccomp_filter_load(s->object);
}

static int add_umask(struct guest *g, struct steps *plan)
{
	const struct user *user = g->config.user;
	mode_t mask = user && user->umask.set ? (mode_t)user->umask.value : 022;
	const struct step step = {.apply = apply_umask, .values = {mask}};

	return steps_add(plan, &step, "set the umask to %03o", (unsigned)mask);
}

static int add_user(struct steps *plan, const struct identity *id)
{
	const struct step step = {.apply = apply_user, .object = id};

	return steps_add(plan, &step, "become user %u, group %u", id->uid, id->gid);
}

static int add_no_new_privileges(struct steps *plan)
{
	const struct step step = {.apply = apply_no_new_privileges};

	return steps_add(plan, &step, "set no_new_privileges");
}

static int add_filter(struct steps *plan, const struct seccomp_filter *f)
{
	const struct step step = {.apply = apply_filter, .object = f};

	return steps_add(plan, &step, "load the seccomp filter");
}

/* Without sets in the config: root keeps what init has, others have nothing. A filter may need the
 * privilege that a change of user would take away too early. */
static bool resolve_sets(struct guest *g, struct confinement *c, const struct identity *id)
{
	if (g->config.capabilities) {
		capabilities_resolve(&c->sets, g->config.capabilities, c->own);
		return true;
	}
	c->sets = (struct capability_sets){.bounding = UINT64_MAX};
	if (id->uid == 0)
		c->sets.permitted = c->sets.effective = c->own;
	return g->config.seccomp && !g->config.no_new_privileges && id->uid != 0;
}

static int make_filter(struct guest *g, struct confinement *c)
{
	int r;

	if (!g->config.seccomp)
		return 0;
	r = seccomp_filter_make(&c->filter, g->config.seccomp);
	if (r == -ENOMEM)
		return guest_error(g, ENOMEM, "cannot make the seccomp filter");
	if (r < 0)
		return guest_error(g, 0, "cannot make the seccomp filter: %s", c->filter.error);
	log_debug("seccomp: %zu instructions; %zu system calls are not known here", c->filter.count,
	          c->filter.skipped);
	return 0;
}

static int add_attributes(struct guest *g, struct steps *plan)
{
	int r = attributes_scheduling(g, plan);

	if (r == 0)
		r = attributes_personality(g, plan);
	if (r == 0 && add_umask(g, plan) < 0)
		r = guest_error(g, ENOMEM, "cannot plan the workload's start");
	if (r == 0)
		r = attributes_rlimits(g, plan);
	return r;
}

static int add_identity(const struct vmconfig *cfg, struct confinement *c,
                        const struct identity *id, struct steps *plan, bool with_sets)
{
	bool late_filter = cfg->seccomp && cfg->no_new_privileges;
	int r = 0;

	if (with_sets)
		r = capabilities_before_user(plan, &c->sets, c->own);
	if (r == 0)
		r = add_user(plan, id);
	if (r == 0 && with_sets)
		r = capabilities_after_user(plan, &c->sets, c->own);
	if (r == 0 && cfg->no_new_privileges)
		r = add_no_new_privileges(plan);
	if (r == 0 && cfg->seccomp && !late_filter)
		r = add_filter(plan, &c->filter);
	if (r == 0 && with_sets)
		r = capabilities_finally(plan, &c->sets);
	if (r == 0 && late_filter)
		r = add_filter(plan, &c->filter);
	return r;
}

int confine_plan(struct guest *g, struct confinement *c, const struct identity *id,
                 struct steps *plan)
{
	bool with_sets = resolve_sets(g, c, id);
	int r = make_filter(g, c);

	if (r == 0)
		r = add_attributes(g, plan);
	if (r < 0)
		return r;
	r = add_identity(&g->config, c, id, plan, with_sets);
	return r < 0 ? guest_error(g, -r, "cannot plan the workload's start") : 0;
}

void confine_release(struct confinement *c)
{
	seccomp_filter_release(&c->filter);
}

/* SPDX-License-Identifier: MIT */
/*
 * An init of the image's own is PID 1 with all that PID 1 has. What would
 * confine a workload cannot be had for it: better no machine than one with
 * more rights than were asked for.
 */
#include "check.h"

#include <string.h>

static bool is_root(const struct user *u)
{
	bool name = !u->name || strcmp(u->name, "root") == 0 || strcmp(u->name, "0") == 0;
	bool group = !u->group || strcmp(u->group, "root") == 0 || strcmp(u->group, "0") == 0;

	return name && group && !(u->uid.set && u->uid.value) && !(u->gid.set && u->gid.value) &&
	       !u->additional_gids.count && !u->umask.set;
}

void check_init_mode(const struct check *c)
{
	const struct vmconfig *cfg = c->cfg;
	const struct {
		const char *pointer;
		bool given;
	} rows[] = {
	    {"/user", cfg->user && !is_root(cfg->user)},
	    {"/terminal", cfg->terminal},
	    {"/rlimits", cfg->rlimits.count > 0},
	    {"/capabilities", cfg->capabilities != NULL},
	    {"/no_new_privileges", cfg->no_new_privileges},
	    {"/oom_score_adj", cfg->oom_score_adj.set},
	    {"/scheduler", cfg->scheduler != NULL},
	    {"/io_priority", cfg->io_priority != NULL},
	    {"/personality", cfg->personality != NULL},
	    {"/seccomp", cfg->seccomp != NULL},
	    {"/hooks", cfg->hooks != NULL},
	};

	if (cfg->init_mode != INIT_MODE_SYSTEMD)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].given)
			error_at(c, "init-mode",
			         "is for a workload: with init_mode 'systemd' the image's init is "
			         "PID 1, as root and unconfined",
			         "%s", rows[i].pointer);
	if (cfg->guest_root)
		error_at(c, "init-mode",
		         "is the root of init, which stays PID 1: with init_mode 'systemd' the "
		         "image's init would be",
		         "/guest_root");
}

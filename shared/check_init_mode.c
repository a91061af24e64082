/* SPDX-License-Identifier: MIT */
/*
 * An init of the image's own is PID 1 with all that PID 1 has. What would
 * confine a workload cannot be had for it: better no machine than one with
 * more rights than were asked for. Nor can what it changes itself when it
 * starts, and what covers the files that are made for it.
 */
#include "check.h"

#include <string.h>

#include "list.h"
#include "path.h"

static bool is_root(const struct user *u)
{
	bool name = !u->name || strcmp(u->name, "root") == 0 || strcmp(u->name, "0") == 0;
	bool group = !u->group || strcmp(u->group, "root") == 0 || strcmp(u->group, "0") == 0;

	return name && group && !(u->uid.set && u->uid.value) && !(u->gid.set && u->gid.value) &&
	       !u->additional_gids.count && !u->umask.set;
}

/* As the words of rootfs_propagation are counted. */
enum { PROPAGATION_SHARED = 1 };

/* What the guest's init makes for the image's. */
static const char *const made[] = {
    "/proc",
    "/sys",
    "/dev",
    "/run/initramfs/shutdown",
    "/run/systemd/system",
    "/run/systemd/system.conf.d",
    "/run/systemd/network",
    "/run/sysctl.d",
    "/run/NetworkManager/conf.d",
};

/* Types that stay as they are when they are listed: it is only about their options. */
static const struct {
	const char *path, *type;
} kept[] = {
    {"/proc", "proc"}, {"/sys", "sysfs"}, {"/dev", "devtmpfs"},
    {"/dev", "tmpfs"}, {"/run", "tmpfs"},
};

static bool hides(const char *path)
{
	for (size_t i = 0; path && i < sizeof(made) / sizeof(*made); i++)
		if (path_is_below(made[i], path) && !path_is_below("/", path))
			return true;
	return false;
}

static bool is_kept(const struct mount_row *m)
{
	if (strlist_contains(&m->options, "remount"))
		return true;
	for (size_t i = 0; m->type && i < sizeof(kept) / sizeof(*kept); i++)
		if (strcmp(m->type, kept[i].type) == 0 &&
		    path_is_below(m->destination, kept[i].path) &&
		    path_is_below(kept[i].path, m->destination))
			return true;
	return false;
}

static void check_places(const struct check *c)
{
	static const char message[] =
	    "hides what the image's init finds there: no place for a mount with init_mode "
	    "'systemd'";
	const struct vmconfig *cfg = c->cfg;

	for (size_t i = 0; i < cfg->volume_mounts.count; i++)
		if (hides(cfg->volume_mounts.items[i].path))
			error_at(c, "init-mode", message, "/volume_mounts/%zu/path", i);
	for (size_t i = 0; i < cfg->mounts.count; i++)
		if (hides(cfg->mounts.items[i].destination) && !is_kept(&cfg->mounts.items[i]))
			error_at(c, "init-mode", message, "/mounts/%zu/destination", i);
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
	if (cfg->rootfs_propagation > PROPAGATION_SHARED)
		error_at(c, "init-mode",
		         "cannot be kept: systemd makes every mount 'shared' when it starts",
		         "/rootfs_propagation");
	check_places(c);
}

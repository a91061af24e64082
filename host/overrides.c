/* SPDX-License-Identifier: MIT */
/*
 * Overrides, second half: what the options gave goes into the config. The
 * first half, the options themselves, stands in override_options.c.
 */
#include "overrides.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "contract.h"
#include "environment.h"
#include "error.h"
#include "given_mounts.h"
#include "json.h"
#include "list.h"
#include "option.h"
#include "path.h"
#include "ulimit_option.h"

/* The path that a --mount and a --volume both have, or NULL. */
static const char *path_of_both(const struct overrides *o)
{
	for (size_t i = 0; i < o->mounts.count; i++)
		for (size_t k = 0; k < o->config.volume_mounts.count; k++)
			if (path_compare(o->mounts.items[i].destination,
			                 o->config.volume_mounts.items[k].path) == 0)
				return o->mounts.items[i].destination;
	return NULL;
}

int overrides_finish(struct overrides *o, const struct arguments *arguments)
{
	const struct root *root = o->config.root;
	const char *twice = path_of_both(o);

	if (twice)
		return usage_error("--mount: a volume is given for '%s' as well", twice);
	if (o->read_only && root && root->mode && root->mode != VOLUME_RO)
		return usage_error("--read-only: --root gives another mode");
	if (arguments->operand_count)
		return usage_error("unexpected argument '%s': a command comes after '--', INPUT "
		                   "after --bundle, --image, --image-config or --config",
		                   arguments->operands[0]);
	for (size_t i = 0; i < arguments->command_count; i++) {
		const char *word = arguments->command[i];

		if (!json_is_utf8(word))
			return usage_error("argument '%s' of the command is not UTF-8", word);
		if (strlist_add(&o->config.cmd, word) < 0)
			return fail_errno(ENOMEM, "cannot read the arguments");
	}
	return 0;
}

static void replace_string(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = steal_ptr(from);
}

static void replace_list(struct strlist *to, struct strlist *from)
{
	strlist_release(to);
	*to = *from;
	*from = (struct strlist){0};
}

/* An entrypoint of one's own makes the image's Cmd, which was meant for its own, void. */
static void apply_command(struct overrides *o, struct vmconfig *cfg)
{
	if (o->entrypoint_given) {
		replace_list(&cfg->entrypoint, &o->config.entrypoint);
		strlist_release(&cfg->cmd);
	}
	if (o->config.cmd.count)
		replace_list(&cfg->cmd, &o->config.cmd);
}

static int apply_env(struct overrides *o, struct vmconfig *cfg)
{
	int r = 0;

	if (o->file_env.count)
		r = environment_merge(&cfg->env, &o->file_env);
	if (r == 0 && o->config.env.count)
		r = environment_merge(&cfg->env, &o->config.env);
	return r;
}

/* Who it is replaces who it was, groups included; the umask is not part of that. */
static void apply_user(struct user **given, struct vmconfig *cfg)
{
	struct vmconfig old = {.user = cfg->user};

	if (!*given)
		return;
	if (old.user)
		(*given)->umask = old.user->umask;
	cfg->user = steal_ptr(given);
	vmconfig_release(&old);
}

/* Another device has another filesystem; how it is mounted stays, unless that was given too. */
static void apply_root(struct overrides *o, struct vmconfig *cfg)
{
	struct root *given = o->config.root, *root = cfg->root;

	if (!given)
		return;
	cfg->root = steal_ptr(&o->config.root);
	if (root && !given->mode) {
		given->mode = root->mode;
		given->overlay_device = steal_ptr(&root->overlay_device);
	}
	vmconfig_release(&(struct vmconfig){.root = root});
}

static int apply_read_only(const struct overrides *o, struct vmconfig *cfg)
{
	if (!o->read_only)
		return 0;
	if (!cfg->root)
		cfg->root = calloc(1, sizeof(*cfg->root));
	if (!cfg->root)
		return -ENOMEM;
	cfg->root->mode = VOLUME_RO;
	free(steal_ptr(&cfg->root->overlay_device));
	if (!cfg->root->device)
		cfg->root->device = strdup(ROOT_LOWER_FALLBACK);
	return cfg->root->device ? 0 : -ENOMEM;
}

static struct volume *volume_at(struct vmconfig *cfg, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (cfg->volume_mounts.items[i].path &&
		    path_compare(cfg->volume_mounts.items[i].path, path) == 0)
			return &cfg->volume_mounts.items[i];
	return NULL;
}

/* A volume takes the place of what the config has at the same path; two given for one path stay an
 * error. */
static int apply_volumes(struct overrides *o, struct vmconfig *cfg)
{
	size_t own = cfg->volume_mounts.count;

	for (size_t i = 0; i < o->config.volume_mounts.count; i++) {
		struct volume *given = &o->config.volume_mounts.items[i];
		struct volume *place = volume_at(cfg, own, given->path);
		struct volume old;

		mounts_yield(cfg, given->path);
		if (!place) {
			struct volume *items = list_grow(cfg->volume_mounts.items,
			                                 cfg->volume_mounts.count, sizeof(*items));

			if (!items)
				return -ENOMEM;
			cfg->volume_mounts.items = items;
			place = &items[cfg->volume_mounts.count++];
			*place = (struct volume){0};
		}
		old = *place;
		*place = *given;
		*given = old;
	}
	return 0;
}

static int apply_hosts(struct overrides *o, struct vmconfig *cfg)
{
	for (size_t i = 0; i < o->config.hosts.count; i++) {
		struct host *items = list_grow(cfg->hosts.items, cfg->hosts.count, sizeof(*items));

		if (!items)
			return -ENOMEM;
		cfg->hosts.items = items;
		items[cfg->hosts.count++] = o->config.hosts.items[i];
		o->config.hosts.items[i] = (struct host){0};
	}
	return 0;
}

static int apply_sysctl(const struct overrides *o, struct vmconfig *cfg)
{
	const struct strmap *given = &o->config.sysctl;
	int r = 0;

	for (size_t i = 0; r == 0 && i < given->count; i++)
		r = strmap_set(&cfg->sysctl, given->items[i].name, given->items[i].value);
	return r;
}

static bool command_is_systemd(const struct vmconfig *cfg)
{
	static const char *const paths[] = {"/sbin/init", "/lib/systemd/systemd",
	                                    "/usr/lib/systemd/systemd"};
	const struct strlist *first = cfg->entrypoint.count ? &cfg->entrypoint : &cfg->cmd;

	for (size_t i = 0; first->count && i < sizeof(paths) / sizeof(*paths); i++)
		if (strcmp(first->items[0], paths[i]) == 0)
			return true;
	return false;
}

/* With auto the command tells, as the seed's host does it. What nobody has named is exec. */
static void apply_mode(enum mode_override mode, struct vmconfig *cfg)
{
	if (mode == MODE_AUTO)
		mode = command_is_systemd(cfg) ? MODE_SYSTEMD : MODE_EXEC;
	if (mode == MODE_SYSTEMD)
		cfg->init_mode = INIT_MODE_SYSTEMD;
	else if (mode == MODE_EXEC || cfg->init_mode == INIT_MODE_UNSET)
		cfg->init_mode = INIT_MODE_EXEC;
}

int overrides_apply(struct overrides *o, struct document *d, struct request *r)
{
	struct vmconfig *cfg = &r->config;
	int result;

	apply_command(o, cfg);
	apply_user(&o->config.user, cfg);
	apply_root(o, cfg);
	apply_mode(o->mode, cfg);
	replace_string(&cfg->workdir, &o->config.workdir);
	replace_string(&cfg->hostname, &o->config.hostname);
	replace_string(&cfg->stop_signal, &o->config.stop_signal);
	if (o->config.stop_timeout.set)
		cfg->stop_timeout = o->config.stop_timeout;
	cfg->terminal = cfg->terminal || o->config.terminal;
	result = apply_env(o, cfg);
	if (result == 0)
		result = apply_read_only(o, cfg);
	if (result == 0)
		result = apply_volumes(o, cfg);
	if (result == 0)
		result = apply_hosts(o, cfg);
	if (result == 0)
		result = apply_sysctl(o, cfg);
	if (result == 0)
		result = ulimits_apply(&o->config, cfg);
	if (result == 0)
		result = capability_options_apply(&o->capabilities, cfg);
	if (result == 0)
		result = given_mounts_apply(&o->mounts, d, r);
	if (result == 0)
		result = net_options_apply(&o->nets, &o->dns, cfg, &r->vm);
	return result;
}

void overrides_release(struct overrides *o)
{
	vmconfig_release(&o->config);
	strmap_release(&o->file_env);
	net_options_release(&o->nets);
	strlist_release(&o->dns);
	capability_options_release(&o->capabilities);
	given_mounts_release(&o->mounts);
	*o = (struct overrides){0};
}

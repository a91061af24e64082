/* SPDX-License-Identifier: MIT */
/*
 * From the config's mounts to what is done about each.
 *
 * /proc, /sys, /dev and some below them are there already, and init needs them:
 * a mount listed for one of these, of the type that it has, changes its options
 * instead of covering it. In a machine of its own there is nothing else to be
 * had of them. A tmpfs listed for /dev/shm or /run takes the place of the one
 * that is there.
 */
#include "mount_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "path.h"
#include "vmconfig.h"

static const struct {
	const char *destination;
	const char *fstype;
} adjusted[] = {
    {"/proc", "proc"},    {"/sys", "sysfs"},      {"/sys/fs/cgroup", "cgroup2"}, {"/dev", "tmpfs"},
    {"/dev", "devtmpfs"}, {"/dev/pts", "devpts"}, {"/dev/mqueue", "mqueue"},
};

static const char *const replaced[] = {"/dev/shm", "/run"};

static const char *const device_prefixes[] = {"/dev/", "serial=", "label=", "uuid="};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool is_same(const char *a, const char *b)
{
	return path_is_below(a, b) && path_is_below(b, a);
}

/* What an image's own init reads from /run is put there before it is PID 1. */
static bool keeps_run(const struct vmconfig *cfg)
{
	return cfg->init_mode == INIT_MODE_SYSTEMD;
}

static bool is_adjusted(const struct vmconfig *cfg, const char *destination, const char *fstype)
{
	if (keeps_run(cfg) && is_same(destination, "/run") && strcmp(fstype, "tmpfs") == 0)
		return true;
	for (size_t i = 0; i < COUNT(adjusted); i++)
		if (is_same(destination, adjusted[i].destination) &&
		    strcmp(fstype, adjusted[i].fstype) == 0)
			return true;
	return false;
}

/* What is listed twice is stacked: only the first takes the machine's place. */
static bool is_replaced(const struct mount_plan *plan, const char *destination)
{
	for (size_t i = 0; i < plan->count; i++)
		if (is_same(plan->items[i].destination, destination))
			return false;
	for (size_t i = 0; i < COUNT(replaced); i++)
		if (is_same(destination, replaced[i]))
			return true;
	return false;
}

bool mount_names_device(const char *source)
{
	for (size_t i = 0; source && i < COUNT(device_prefixes); i++)
		if (strncmp(source, device_prefixes[i], strlen(device_prefixes[i])) == 0)
			return true;
	return false;
}

static const char *kernels_name(const char *type)
{
	/* There is one hierarchy; the old ones are no longer mounted by anyone. */
	return type && strcmp(type, "cgroup") == 0 ? "cgroup2" : type;
}

/* Return: why not, or NULL. */
static const char *settle(struct mount_step *s, const struct mount_plan *plan,
                          const struct vmconfig *cfg)
{
	const struct mount_options *o = &s->options;

	if (o->remount) {
		s->action = MOUNT_ADJUST;
		return NULL;
	}
	if (o->bind || (s->fstype && strcmp(s->fstype, "bind") == 0)) {
		s->action = MOUNT_BIND;
		s->fstype = NULL;
		if (!s->source || s->source[0] != '/')
			return "a bind mount needs an absolute source";
		return o->copy_up ? "tmpcopyup is for a tmpfs" : NULL;
	}
	if (!s->fstype || !*s->fstype || strcmp(s->fstype, "none") == 0)
		return "it has neither a type nor the option bind";
	if (o->copy_up && strcmp(s->fstype, "tmpfs") != 0)
		return "tmpcopyup is for a tmpfs";
	if (is_adjusted(cfg, s->destination, s->fstype)) {
		s->action = MOUNT_ADJUST;
		/* Written for another tmpfs than the one that is there. */
		if (strcmp(s->fstype, "tmpfs") == 0)
			strlist_release(&s->options.own);
		return NULL;
	}
	s->action = MOUNT_FRESH;
	s->from_device = mount_names_device(s->source);
	s->replaces = is_replaced(plan, s->destination);
	return NULL;
}

/* What was mounted before would no longer be seen. */
static const struct volume *hidden_volume(const struct vmconfig *cfg, const struct mount_step *s)
{
	for (size_t i = 0; s->action != MOUNT_ADJUST && i < cfg->volume_mounts.count; i++)
		if (path_is_below(cfg->volume_mounts.items[i].path, s->destination))
			return &cfg->volume_mounts.items[i];
	return NULL;
}

static int refuse(const struct mount_step *s, char error[MOUNT_TEXT_SIZE], const char *why,
                  const char *subject)
{
	snprintf(error, MOUNT_TEXT_SIZE, "mount on '%.150s': %s%s%.150s%s", s->destination, why,
	         subject ? " '" : "", subject ? subject : "", subject ? "'" : "");
	return -EINVAL;
}

static int plan_one(struct mount_plan *plan, const struct vmconfig *cfg, const struct mount_row *m,
                    char error[MOUNT_TEXT_SIZE])
{
	struct mount_step *s = &plan->items[plan->count];
	const struct volume *hidden;
	const char *word = NULL;
	const char *why;
	int r;

	s->destination = m->destination;
	s->source = m->source;
	s->fstype = kernels_name(m->type);
	s->words = &m->options;
	r = mount_options_parse(&s->options, &m->options, &word);
	if (r == -EOPNOTSUPP)
		return refuse(s, error, "there are no id mappings in a machine of its own: option",
		              word);
	if (r < 0)
		return r;
	why = settle(s, plan, cfg);
	plan->count++; /* from here on it is released with the others */
	if (why)
		return refuse(s, error, why, NULL);
	if (s->action == MOUNT_BIND && s->options.alien)
		return refuse(s, error, "a bind mount knows no option", s->options.alien);
	if (s->action != MOUNT_ADJUST && path_is_below("/", s->destination))
		return refuse(s, error, "that is the root filesystem itself", NULL);
	hidden = hidden_volume(cfg, s);
	return hidden ? refuse(s, error, "it would hide the volume of", hidden->path) : 0;
}

int mount_plan_make(struct mount_plan *plan, const struct vmconfig *cfg,
                    char error[MOUNT_TEXT_SIZE])
{
	plan->items = calloc(cfg->mounts.count + 1, sizeof(*plan->items));
	if (!plan->items)
		return -ENOMEM;
	for (size_t i = 0; i < cfg->mounts.count; i++) {
		int r = plan_one(plan, cfg, &cfg->mounts.items[i], error);

		if (r < 0) {
			mount_options_release(&plan->items[plan->count].options);
			return r;
		}
	}
	return 0;
}

void mount_plan_release(struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		mount_options_release(&plan->items[i].options);
	free(plan->items);
	*plan = (struct mount_plan){0};
}

static void put_words(const struct mount_step *s, char text[MOUNT_TEXT_SIZE])
{
	const bool with_values = s->fstype && strcmp(s->fstype, "tmpfs") == 0;

	for (size_t i = 0; i < s->words->count; i++) {
		const char *word = s->words->items[i];
		size_t length = with_values ? strlen(word) : strcspn(word, "=");
		size_t n = strlen(text);

		snprintf(text + n, MOUNT_TEXT_SIZE - n, "%c%.*s", i ? ',' : ' ', (int)length, word);
	}
}

const char *mount_step_text(const struct mount_step *s, char text[MOUNT_TEXT_SIZE])
{
	static const char *const actions[] = {"mount", "bind", "adjust"};
	const char *what = s->action == MOUNT_BIND ? s->source : s->fstype;

	snprintf(text, MOUNT_TEXT_SIZE, "%s%s %s%.150s on %.150s", s->replaces ? "replace, " : "",
	         actions[s->action], s->options.recursive ? "all of " : "",
	         what ? what : "what is there", s->destination);
	put_words(s, text);
	return text;
}

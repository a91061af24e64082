/* SPDX-License-Identifier: MIT */
/* The process of a runtime configuration. */
#include "oci_process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "capability.h"
#include "cleanup.h"
#include "document.h"
#include "environment.h"
#include "oci_runtime_doc.h"

static int move_user(struct document *d, struct oci_user *from, struct vmconfig *cfg)
{
	struct user *user = calloc(1, sizeof(*user));

	if (!user)
		return -ENOMEM;
	cfg->user = user;
	if (!from->uid.set && json_find(&d->json, "/process/user/uid") == NULL)
		document_note(d, SEVERITY_WARNING, "required", "/process/user",
		              "'uid' is missing, 0 is taken");
	if (!from->gid.set && json_find(&d->json, "/process/user/gid") == NULL)
		document_note(d, SEVERITY_WARNING, "required", "/process/user",
		              "'gid' is missing, 0 is taken");
	user->uid = (struct optint){.set = true, .value = from->uid.value};
	user->gid = (struct optint){.set = true, .value = from->gid.value};
	user->umask = from->umask;
	user->additional_gids = from->additional_gids;
	from->additional_gids = (struct intlist){0};
	return 0;
}

/* What no kernel is known to have is a warning, as the specification wants it. */
static void note_unknown(struct document *d, const char *set, const struct strlist *names)
{
	for (size_t i = 0; i < names->count; i++) {
		char pointer[80];

		if (capability_parse(names->items[i]) >= 0)
			continue;
		snprintf(pointer, sizeof(pointer), "/process/capabilities/%s/%zu", set, i);
		document_note(d, SEVERITY_WARNING, "capability", pointer,
		              "'%.64s' is no capability that is known", names->items[i]);
	}
}

static void note_unknown_capabilities(struct document *d, const struct capabilities *c)
{
	if (!c)
		return;
	note_unknown(d, "bounding", &c->bounding);
	note_unknown(d, "effective", &c->effective);
	note_unknown(d, "inheritable", &c->inheritable);
	note_unknown(d, "permitted", &c->permitted);
	note_unknown(d, "ambient", &c->ambient);
}

static void move_limits(struct oci_process *from, struct vmconfig *cfg)
{
	cfg->rlimits.items = from->rlimits.items;
	cfg->rlimits.count = from->rlimits.count;
	from->rlimits = (struct rlimit_list){0};
	cfg->capabilities = steal_ptr(&from->capabilities);
	cfg->no_new_privileges = from->no_new_privileges;
	cfg->oom_score_adj = from->oom_score_adj;
	cfg->scheduler = steal_ptr(&from->scheduler);
	cfg->io_priority = steal_ptr(&from->io_priority);
}

/* One side of a terminal: the kernel has 16 bits for it. */
static void take_side(struct document *d, const char *pointer, const struct optuint *from,
                      struct optint *to)
{
	if (from->value > UINT16_MAX)
		document_note(d, SEVERITY_ERROR, "range", pointer,
		              "'%" PRIu64 "' is not within 0..%u", from->value, UINT16_MAX);
	else
		*to = (struct optint){from->set, (int64_t)from->value};
}

/* Without a terminal the size must be ignored. */
static int move_console_size(struct document *d, const struct oci_process *from,
                             struct vmconfig *cfg)
{
	const struct oci_console_size *size = from->console_size;

	if (!from->terminal || !size)
		return 0;
	cfg->console_size = calloc(1, sizeof(*cfg->console_size));
	if (!cfg->console_size)
		return -ENOMEM;
	take_side(d, "/process/consoleSize/height", &size->height, &cfg->console_size->height);
	take_side(d, "/process/consoleSize/width", &size->width, &cfg->console_size->width);
	return 0;
}

/* "-- CMD" replaces Cmd: the whole of args goes there, and entrypoint stays empty. */
int oci_process_move(struct document *d, struct oci_process *from, struct vmconfig *cfg)
{
	int r;

	if (!from)
		return 0;
	if (from->args.count && !from->args.items[0][0])
		document_note(d, SEVERITY_ERROR, "args", "/process/args/0",
		              "the program's name is empty");
	cfg->cmd = from->args;
	from->args = (struct strlist){0};
	cfg->workdir = steal_ptr(&from->cwd);
	cfg->terminal = from->terminal;
	note_unknown_capabilities(d, from->capabilities);
	move_limits(from, cfg);
	r = move_console_size(d, from, cfg);
	if (r == 0)
		r = environment_read(d, "/process/env", &cfg->env);
	return r == 0 && from->user ? move_user(d, from->user, cfg) : r;
}

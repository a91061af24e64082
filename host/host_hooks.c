/* SPDX-License-Identifier: MIT */
/* Hooks of a bundle that belong to the host. */
#include "host_hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "hook_run.h"
#include "hook_state.h"
#include "list.h"
#include "record.h"
#include "records.h"

static int run_one(const struct host_hooks *h, const struct hook *hook, const char *status,
                   pid_t pid, int signals, char **why)
{
	_cleanup_free_ char *text = NULL;
	char id[32];
	const struct hook_state state = {id, status, pid, h->bundle, h->annotations};

	*why = NULL;
	snprintf(id, sizeof(id), "vmconfig-%ld", (long)getpid());
	text = hook_state_text(&state);
	return text ? hook_run(hook, text, h->bundle, signals, why) : -ENOMEM;
}

static int run_all(const struct host_hooks *h, const struct hook_list *list, const char *status,
                   pid_t pid, int signals)
{
	for (size_t i = 0; i < list->count; i++) {
		_cleanup_free_ char *why = NULL;
		int r = run_one(h, &list->items[i], status, pid, signals, &why);

		if (r < 0) {
			fail("hook '%s' %s", list->items[i].path, why ? why : "cannot be run");
			return r;
		}
	}
	return 0;
}

/*
 * While the machine is made there is no process that a hook could do anything
 * to, and the specification does not want a PID then: one that is not the
 * container's would have a network hook set up the host's own network.
 */
int host_hooks_create(const struct host_hooks *h, int signals)
{
	return run_all(h, &h->create, "creating", 0, signals);
}

int host_hooks_poststart(const struct host_hooks *h, pid_t pid, int signals)
{
	return run_all(h, &h->poststart, "running", pid, signals);
}

void host_hooks_poststop(const struct host_hooks *h)
{
	for (size_t i = 0; i < h->poststop.count; i++) {
		_cleanup_free_ char *why = NULL;

		if (run_one(h, &h->poststop.items[i], "stopped", 0, -1, &why) < 0)
			warn("hook '%s' %s", h->poststop.items[i].path,
			     why ? why : "cannot be run");
	}
}

bool host_hooks_any(const struct host_hooks *h)
{
	return h->create.count || h->poststart.count || h->poststop.count;
}

static void release_list(struct hook_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		record_release(&hook_record, &list->items[i]);
	free(list->items);
	*list = (struct hook_list){0};
}

void host_hooks_release(struct host_hooks *h)
{
	release_list(&h->create);
	release_list(&h->poststart);
	release_list(&h->poststop);
	free(h->bundle);
	*h = (struct host_hooks){0};
}

/* SPDX-License-Identifier: MIT */
/* The hooks of a runtime configuration. */
#include "oci_hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "oci_runtime_doc.h"
#include "vm.h"

/* Put all of @from behind @to. */
static int append(struct hook_list *to, struct hook_list *from)
{
	struct hook *items;

	if (!from->count)
		return 0;
	items = realloc(to->items, (to->count + from->count) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	memcpy(items + to->count, from->items, from->count * sizeof(*items));
	to->items = items;
	to->count += from->count;
	free(from->items);
	*from = (struct hook_list){0};
	return 0;
}

static int move_start_container(struct oci_hooks *from, struct vmconfig *cfg)
{
	if (!from->start_container.count)
		return 0;
	cfg->hooks = calloc(1, sizeof(*cfg->hooks));
	if (!cfg->hooks)
		return -ENOMEM;
	cfg->hooks->start_container.items = from->start_container.items;
	cfg->hooks->start_container.count = from->start_container.count;
	from->start_container = (struct hook_list){0};
	return 0;
}

/* The state has it absolute. */
static int set_bundle(struct document *d, const char *bundle, struct host_hooks *hooks)
{
	hooks->bundle = realpath(bundle, NULL);
	if (hooks->bundle || errno == ENOMEM)
		return hooks->bundle ? 0 : -ENOMEM;
	document_note(d, SEVERITY_ERROR, "hook", "/hooks", "'%s': %s", bundle, strerror(errno));
	return 0;
}

int oci_hooks_move(struct document *d, const char *bundle, struct oci_hooks *from,
                   struct request *r)
{
	struct host_hooks *hooks = &r->hooks;
	int result;

	if (!from)
		return 0;
	if (from->create_container.count)
		document_note(d, SEVERITY_WARNING, "hook", "/hooks/createContainer",
		              "run on the host, as the guest's namespaces cannot be entered");
	result = move_start_container(from, &r->config);
	if (result == 0)
		result = append(&hooks->create, &from->prestart);
	if (result == 0)
		result = append(&hooks->create, &from->create_runtime);
	if (result == 0)
		result = append(&hooks->create, &from->create_container);
	if (result == 0)
		result = append(&hooks->poststart, &from->poststart);
	if (result == 0)
		result = append(&hooks->poststop, &from->poststop);
	if (result == 0 && bundle && host_hooks_any(hooks))
		result = set_bundle(d, bundle, hooks);
	return result;
}

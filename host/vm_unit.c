/* SPDX-License-Identifier: MIT */
/* A machine's unit, and what systemd says of it. */
#include "vm_unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "tool.h"
#include "vm_store.h"

static char *unit_of(const char *name)
{
	char *unit;

	return asprintf(&unit, "microvm@%s.service", name) < 0 ? NULL : unit;
}

int vm_unit_control(const char *verb, const char *option, const char *name)
{
	_cleanup_free_ char *unit = unit_of(name);
	const char *words[] = {"systemctl", verb, option ? option : unit, option ? unit : NULL,
	                       NULL};
	int r;

	if (!unit)
		return fail_errno(ENOMEM, "cannot run systemctl");
	r = tool_run(words);
	if (r > 0)
		return fail("'systemctl %s%s%s %s' failed with status %d", verb, option ? " " : "",
		            option ? option : "", unit, r);
	return r;
}

void vm_unit_state(const struct vm_store *store, const char *name, char state[VM_STATE_SIZE])
{
	_cleanup_free_ char *unit = unit_of(name);
	const char *words[] = {"systemctl", "show", "--value", "--property=ActiveState",
	                       unit,        NULL};

	state[0] = '\0';
	if (store->live && unit)
		tool_output(words, state, VM_STATE_SIZE);
	state[strcspn(state, "\n")] = '\0';
	if (!state[0])
		snprintf(state, VM_STATE_SIZE, "unknown");
}

bool vm_unit_runs(const struct vm_store *store, const char *name)
{
	char state[VM_STATE_SIZE];

	vm_unit_state(store, name, state);
	return strcmp(state, "active") == 0 || strcmp(state, "activating") == 0 ||
	       strcmp(state, "deactivating") == 0 || strcmp(state, "reloading") == 0;
}

int vm_unit_reload(void)
{
	static const char *const words[] = {"systemctl", "daemon-reload", NULL};
	int r = tool_run(words);

	return r > 0 ? fail("'systemctl daemon-reload' failed with status %d", r) : r;
}

/* SPDX-License-Identifier: MIT */
/* The machines of this host: their state and their packages. */
#include "vm_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "output.h"
#include "vmconfig.h"
#include "vm_store.h"
#include "vm_unit.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The directories that have a package. */
static int find_machines(const struct vm_store *store, struct strlist *names)
{
	int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return fail_errno(errno, "cannot read '%s'", store->path);
	}
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_free_ char *current = NULL;

		if (entry->d_name[0] == '.')
			continue;
		current = vm_store_link(store, entry->d_name, "current");
		if (current)
			r = strlist_add(names, entry->d_name);
	}
	closedir(dir);
	if (r == 0 && names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return r < 0 ? fail_errno(-r, "cannot list '%s'", store->path) : 0;
}

struct listed {
	char *current;
	char *booted; /* NULL: it does not run */
	char state[VM_STATE_SIZE];
};

/* What is worth saying beside its state. */
static const char *remark(const struct listed *l)
{
	if (!l->booted)
		return "";
	return l->current && strcmp(l->current, l->booted) == 0 ? ""
	                                                        : "restart for the new package";
}

static int print_json(const struct strlist *names, const struct listed *machines)
{
	cJSON *array = cJSON_CreateArray();
	char *text;

	for (size_t i = 0; array && i < names->count; i++) {
		cJSON *object = cJSON_CreateObject();
		const struct listed *l = &machines[i];

		cJSON_AddStringToObject(object, "name", names->items[i]);
		cJSON_AddStringToObject(object, "state", l->state);
		cJSON_AddStringToObject(object, "current", l->current ? l->current : "");
		if (l->booted)
			cJSON_AddStringToObject(object, "booted", l->booted);
		cJSON_AddBoolToObject(object, "restart_needed", remark(l)[0] != '\0');
		cJSON_AddItemToArray(array, object);
	}
	text = cJSON_PrintUnformatted(array);
	cJSON_Delete(array);
	if (!text)
		return fail_errno(ENOMEM, "cannot list the machines");
	output("%s\n", text);
	free(text);
	return 0;
}

static void print_table(const struct strlist *names, const struct listed *machines)
{
	if (names->count)
		output("%-20s %-12s %s\n", "NAME", "STATE", "PACKAGE");
	for (size_t i = 0; i < names->count; i++) {
		const char *said = remark(&machines[i]);

		output("%-20s %-12s %s%s%s%s\n", names->items[i], machines[i].state,
		       machines[i].current ? machines[i].current : "", *said ? " (" : "", said,
		       *said ? ")" : "");
	}
}

int vm_list(const struct vm_store *store, bool json)
{
	_cleanup_(strlist_release) struct strlist names = {0};
	_cleanup_free_ struct listed *machines = NULL;
	int r = find_machines(store, &names);

	machines = calloc(names.count + 1, sizeof(*machines));
	if (r == 0 && !machines)
		r = fail_errno(ENOMEM, "cannot list the machines");
	for (size_t i = 0; machines && r == 0 && i < names.count; i++) {
		machines[i].current = vm_store_link(store, names.items[i], "current");
		machines[i].booted = vm_store_link(store, names.items[i], "booted");
		vm_unit_state(store, names.items[i], machines[i].state);
	}
	if (r == 0 && machines && json)
		r = print_json(&names, machines);
	else if (r == 0 && machines)
		print_table(&names, machines);
	for (size_t i = 0; machines && i < names.count; i++) {
		free(machines[i].current);
		free(machines[i].booted);
	}
	return output_finish() < 0 && r == 0 ? -EIO : r;
}

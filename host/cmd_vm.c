/* SPDX-License-Identifier: MIT */
/* `vmconfig vm`: runner packages as machines of this host. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "cleanup.h"
#include "cmd.h"
#include "error.h"
#include "list.h"
#include "option.h"
#include "output.h"
#include "package_secrets.h"
#include "tool.h"
#include "verb.h"
#include "units.h"
#include "vm_store.h"
#include "vmconfig.h"

struct vm_command {
	char *root;
	bool enable;
	bool restart;
	bool purge;
	bool json;
};

#define ROOT_ROW                                                                              \
	{                                                                                     \
		"root", 0, "DIR", "treat DIR as \"/\": no program is run", option_set_string, \
		    offsetof(struct vm_command, root), .flags = OPTION_FILE                   \
	}

static const struct option_row install_options[] = {
    {"enable", 0, NULL, "start it now and at every boot", option_set_flag,
     offsetof(struct vm_command, enable), .flags = 0},
    ROOT_ROW,
    {.name = NULL},
};

static const struct option_row update_options[] = {
    {"restart", 0, NULL, "restart it, if it runs, with the new package", option_set_flag,
     offsetof(struct vm_command, restart), .flags = 0},
    ROOT_ROW,
    {.name = NULL},
};

static const struct option_row remove_options[] = {
    {"purge", 0, NULL, "remove its data as well", option_set_flag,
     offsetof(struct vm_command, purge), .flags = 0},
    ROOT_ROW,
    {.name = NULL},
};

static const struct option_row list_options[] = {
    {"json", 0, NULL, "for programs", option_set_flag, offsetof(struct vm_command, json),
     .flags = 0},
    ROOT_ROW,
    {.name = NULL},
};

static const struct option_group install_groups[] = {{"options", install_options, 0},
                                                     {.title = NULL}};
static const struct option_group update_groups[] = {{"options", update_options, 0},
                                                    {.title = NULL}};
static const struct option_group remove_groups[] = {{"options", remove_options, 0},
                                                    {.title = NULL}};
static const struct option_group list_groups[] = {{"options", list_options, 0}, {.title = NULL}};

static const struct command vm_install;
static const struct command vm_update;
static const struct command vm_remove;
static const struct command vm_list;

static char *unit_of(const char *name)
{
	char *unit;

	return asprintf(&unit, "microvm@%s.service", name) < 0 ? NULL : unit;
}

/* systemctl VERB [OPTION] UNIT. Return: 0, or negative after a line was printed. */
static int systemctl(const char *verb, const char *option, const char *name)
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

/* What systemd says of the unit: "active", "inactive", "failed", …, or "unknown". */
static void active_state(const struct vm_store *store, const char *name, char *state, size_t size)
{
	_cleanup_free_ char *unit = unit_of(name);
	const char *words[] = {"systemctl", "show", "--value", "--property=ActiveState",
	                       unit,        NULL};

	state[0] = '\0';
	if (store->live && unit)
		tool_output(words, state, size);
	state[strcspn(state, "\n")] = '\0';
	if (!state[0])
		snprintf(state, size, "unknown");
}

static bool is_running(const struct vm_store *store, const char *name)
{
	char state[64];

	active_state(store, name, state, sizeof(state));
	return strcmp(state, "active") == 0 || strcmp(state, "activating") == 0 ||
	       strcmp(state, "deactivating") == 0 || strcmp(state, "reloading") == 0;
}

/* The VMM runs as the machines' user, who must be able to open the package's disks. */
static int give_secrets(const struct vm_store *store, const char *package)
{
	return store->live ? package_secrets_give(package, MICROVM_USER) : 0;
}

static int install(const struct vm_command *c, struct vm_store *store, char **operands)
{
	_cleanup_free_ char *package = NULL;
	int r = vm_package_find(store, operands[1], &package);

	if (r == 0)
		r = give_secrets(store, package);
	if (r == 0)
		r = vm_store_add(store, operands[0], package);
	if (r == 0 && c->enable && store->live)
		r = systemctl("enable", "--now", operands[0]);
	return r;
}

static int update(const struct vm_command *c, struct vm_store *store, char **operands)
{
	_cleanup_free_ char *package = NULL;
	int r;

	if (!vm_store_has(store, operands[0]))
		return fail("there is no virtual machine '%s' in '%s'", operands[0], store->path);
	r = vm_package_find(store, operands[1], &package);
	if (r == 0)
		r = give_secrets(store, package);
	if (r == 0)
		r = vm_store_point(store, operands[0], package);
	if (r < 0 || !store->live || !is_running(store, operands[0]))
		return r;
	if (c->restart)
		return systemctl("restart", NULL, operands[0]);
	output("it runs the package before until 'systemctl restart microvm@%s'\n", operands[0]);
	return output_finish();
}

static int remove_machine(const struct vm_command *c, struct vm_store *store, char **operands)
{
	int r = 0;

	if (!vm_store_has(store, operands[0]))
		return fail("there is no virtual machine '%s' in '%s'", operands[0], store->path);
	if (store->live && is_running(store, operands[0]))
		return fail("virtual machine '%s' runs: 'systemctl stop microvm@%s' stops it",
		            operands[0], operands[0]);
	if (store->live)
		r = systemctl("disable", "--quiet", operands[0]);
	/* What did not start may have left its helpers running: they stop with it. */
	if (r == 0 && store->live)
		r = systemctl("stop", NULL, operands[0]);
	return r < 0 ? r : vm_store_remove(store, operands[0], c->purge);
}

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
	char state[64];
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

static int list(const struct vm_command *c, struct vm_store *store, char **operands)
{
	_cleanup_(strlist_release) struct strlist names = {0};
	_cleanup_free_ struct listed *machines = NULL;
	int r = find_machines(store, &names);

	(void)operands;
	machines = calloc(names.count + 1, sizeof(*machines));
	if (r == 0 && !machines)
		r = fail_errno(ENOMEM, "cannot list the machines");
	for (size_t i = 0; machines && r == 0 && i < names.count; i++) {
		machines[i].current = vm_store_link(store, names.items[i], "current");
		machines[i].booted = vm_store_link(store, names.items[i], "booted");
		active_state(store, names.items[i], machines[i].state, sizeof(machines[i].state));
	}
	if (r == 0 && machines && c->json)
		r = print_json(&names, machines);
	else if (r == 0 && machines)
		print_table(&names, machines);
	for (size_t i = 0; machines && i < names.count; i++) {
		free(machines[i].current);
		free(machines[i].booted);
	}
	return output_finish() < 0 && r == 0 ? -EIO : r;
}

static int run_with(const struct command *verb, size_t operand_count,
                    int (*act)(const struct vm_command *, struct vm_store *, char **), int argc,
                    char **argv)
{
	struct vm_store store = {.fd = -1};
	struct vm_command c = {0};
	struct arguments arguments;
	int r = option_parse(verb, argc, argv, &c, &arguments);

	if (r == 0 && (arguments.operand_count != operand_count || arguments.command_count))
		r = usage_error("'%s' takes %s", verb->name,
		                operand_count == 2   ? "a name and a package"
		                : operand_count == 1 ? "a name"
		                                     : "no operand");
	if (r == 0 && c.root && c.root[0] != '/')
		r = usage_error("--root: '%s' is not an absolute path", c.root);
	if (r == 0 && operand_count)
		r = vm_name_check(arguments.operands[0]);
	if (r == 0)
		r = vm_store_open(&store, c.root);
	if (r == 0)
		r = act(&c, &store, arguments.operands);
	vm_store_release(&store);
	free(c.root);
	return r < 0 ? r : EXIT_SUCCESS;
}

static int run_install(int argc, char **argv)
{
	return run_with(&vm_install, 2, install, argc, argv);
}

static int run_update(int argc, char **argv)
{
	return run_with(&vm_update, 2, update, argc, argv);
}

static int run_remove(int argc, char **argv)
{
	return run_with(&vm_remove, 1, remove_machine, argc, argv);
}

static int run_list(int argc, char **argv)
{
	return run_with(&vm_list, 0, list, argc, argv);
}

static const struct command vm_install = {
    .name = "vm install",
    .synopsis = "NAME PACKAGE [options]",
    .summary = "make a machine of a runner package",
    .groups = install_groups,
    .run = run_install,
};

static const struct command vm_update = {
    .name = "vm update",
    .synopsis = "NAME PACKAGE [options]",
    .summary = "give a machine another package, for its next start",
    .groups = update_groups,
    .run = run_update,
};

static const struct command vm_list = {
    .name = "vm list",
    .synopsis = "[options]",
    .summary = "list machines, their state and their packages",
    .groups = list_groups,
    .run = run_list,
};

static const struct command vm_remove = {
    .name = "vm remove",
    .synopsis = "NAME [options]",
    .summary = "remove a machine that does not run",
    .groups = remove_groups,
    .run = run_remove,
};

static const struct command *const verbs[] = {&vm_install, &vm_update, &vm_list, &vm_remove, NULL};

static int run_vm_verb(int argc, char **argv)
{
	return verb_run(&cmd_vm, verbs, argc, argv);
}

const struct command cmd_vm = {
    .name = "vm",
    .synopsis = "install|update|list|remove ...",
    .summary = "manage the machines of a systemd host",
    .run = run_vm_verb,
};

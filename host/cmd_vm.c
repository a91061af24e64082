/* SPDX-License-Identifier: MIT */
/* `vmconfig vm`: runner packages as machines of this host. */
#include <stddef.h>
#include <stdlib.h>

#include "cleanup.h"
#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"
#include "package_secrets.h"
#include "units.h"
#include "verb.h"
#include "vm_dropin.h"
#include "vm_list.h"
#include "vm_store.h"
#include "vm_unit.h"

struct vm_command {
	char *root;
	bool enable;
	bool restart;
	bool purge;
	bool json;
};

struct vm_verb {
	struct command command;
	int (*act)(const struct vm_command *c, struct vm_store *store, char **operands);
	size_t operand_count;
	const char *operands; /* how a message calls them */
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

/* The VMM runs as the machines' user, who must be able to open the package's disks. */
static int give_secrets(const struct vm_store *store, const char *package)
{
	return store->live ? package_secrets_give(package, MICROVM_USER) : 0;
}

/* The unit's own drop-in, as the package wants it, or as it was. @text: NULL: none */
static int change_unit(const struct vm_command *c, const struct vm_store *store, const char *name,
                       const char *text)
{
	_cleanup_free_ char *before = NULL;
	int r = vm_dropin_get(c->root, name, &before);

	if (r == 0)
		r = vm_dropin_put(c->root, name, text);
	if (r <= 0 || !store->live)
		return r < 0 ? r : 0;
	r = vm_unit_reload();
	if (r < 0) /* systemd has read nothing, and is to find later what it has read before */
		vm_dropin_put(c->root, name, before);
	return r;
}

/* A machine without what its unit is to allow is none. */
static int add(const struct vm_command *c, struct vm_store *store, const char *name,
               const char *package, const char *dropin)
{
	int r = vm_store_add(store, name, package);

	if (r < 0)
		return r;
	r = change_unit(c, store, name, dropin);
	if (r < 0)
		vm_store_remove(store, name, false);
	return r;
}

static int install(const struct vm_command *c, struct vm_store *store, char **operands)
{
	_cleanup_free_ char *package = NULL, *dropin = NULL;
	int r = vm_package_find(store, operands[1], &package);

	if (r == 0)
		r = vm_dropin_make(package, operands[0], store->live, &dropin);
	if (r == 0)
		r = give_secrets(store, package);
	if (r == 0)
		r = add(c, store, operands[0], package, dropin);
	if (r == 0 && c->enable && store->live)
		r = vm_unit_control("enable", "--now", operands[0]);
	return r;
}

/* The next start is with the old package and what that opens, or with both new. */
static int change(const struct vm_command *c, const struct vm_store *store, const char *name,
                  const char *package, const char *dropin)
{
	_cleanup_free_ char *before = vm_store_link(store, name, "current");
	int r = vm_store_point(store, name, package);

	if (r < 0)
		return r;
	r = change_unit(c, store, name, dropin);
	if (r < 0 && before)
		vm_store_point(store, name, before);
	return r;
}

static int update(const struct vm_command *c, struct vm_store *store, char **operands)
{
	_cleanup_free_ char *package = NULL, *dropin = NULL;
	int r;

	if (!vm_store_has(store, operands[0]))
		return fail("there is no virtual machine '%s' in '%s'", operands[0], store->path);
	r = vm_package_find(store, operands[1], &package);
	if (r == 0)
		r = vm_dropin_make(package, operands[0], store->live, &dropin);
	if (r == 0)
		r = give_secrets(store, package);
	if (r == 0)
		r = change(c, store, operands[0], package, dropin);
	if (r < 0 || !vm_unit_runs(store, operands[0]))
		return r;
	if (c->restart)
		return vm_unit_control("restart", NULL, operands[0]);
	output("it runs the package before until 'systemctl restart microvm@%s'\n", operands[0]);
	return output_finish();
}

static int remove_machine(const struct vm_command *c, struct vm_store *store, char **operands)
{
	int r = 0;

	if (!vm_store_has(store, operands[0]))
		return fail("there is no virtual machine '%s' in '%s'", operands[0], store->path);
	if (vm_unit_runs(store, operands[0]))
		return fail("virtual machine '%s' runs: 'systemctl stop microvm@%s' stops it",
		            operands[0], operands[0]);
	if (store->live)
		r = vm_unit_control("disable", "--quiet", operands[0]);
	/* What did not start may have left its helpers running: they stop with it. */
	if (r == 0 && store->live)
		r = vm_unit_control("stop", NULL, operands[0]);
	if (r == 0)
		r = change_unit(c, store, operands[0], NULL);
	return r < 0 ? r : vm_store_remove(store, operands[0], c->purge);
}

static int list(const struct vm_command *c, struct vm_store *store, char **operands)
{
	(void)operands;
	return vm_list(store, c->json);
}

static int run(const struct command *self, int argc, char **argv)
{
	const struct vm_verb *verb = (const struct vm_verb *)self;
	struct vm_store store = {.fd = -1};
	struct vm_command c = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &c, &arguments);

	if (r == 0 && (arguments.operand_count != verb->operand_count || arguments.command_count))
		r = usage_error("'%s' takes %s", self->name, verb->operands);
	if (r == 0 && c.root && c.root[0] != '/')
		r = usage_error("--root: '%s' is not an absolute path", c.root);
	if (r == 0 && verb->operand_count)
		r = vm_name_check(arguments.operands[0]);
	if (r == 0)
		r = vm_store_open(&store, c.root);
	if (r == 0)
		r = verb->act(&c, &store, arguments.operands);
	vm_store_release(&store);
	free(c.root);
	return r < 0 ? r : EXIT_SUCCESS;
}

static const struct vm_verb verbs[] = {
    {
        .command.name = "vm install",
        .command.synopsis = "NAME PACKAGE [options]",
        .command.summary = "make a machine of a runner package",
        .command.groups = install_groups,
        .command.run = run,
        .act = install,
        .operand_count = 2,
        .operands = "a name and a package",
    },
    {
        .command.name = "vm update",
        .command.synopsis = "NAME PACKAGE [options]",
        .command.summary = "give a machine another package, for its next start",
        .command.groups = update_groups,
        .command.run = run,
        .act = update,
        .operand_count = 2,
        .operands = "a name and a package",
    },
    {
        .command.name = "vm list",
        .command.synopsis = "[options]",
        .command.summary = "list machines, their state and their packages",
        .command.groups = list_groups,
        .command.run = run,
        .act = list,
        .operand_count = 0,
        .operands = "no operand",
    },
    {
        .command.name = "vm remove",
        .command.synopsis = "NAME [options]",
        .command.summary = "remove a machine that does not run",
        .command.groups = remove_groups,
        .command.run = run,
        .act = remove_machine,
        .operand_count = 1,
        .operands = "a name",
    },
};

static const struct command *const commands[] = {&verbs[0].command, &verbs[1].command,
                                                 &verbs[2].command, &verbs[3].command, NULL};

const struct command cmd_vm = {
    .name = "vm",
    .synopsis = "install|update|list|remove ...",
    .summary = "manage the machines of a systemd host",
    .verbs = commands,
    .run = verb_run,
};

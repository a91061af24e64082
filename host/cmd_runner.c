/* SPDX-License-Identifier: MIT */
/* `vmconfig runner`: INPUT and overrides -> a runner package. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cmd.h"
#include "contract.h"
#include "error.h"
#include "image_root.h"
#include "input.h"
#include "option.h"
#include "overrides.h"
#include "request.h"
#include "runner.h"
#include "runner_check.h"
#include "vm_options.h"

struct cmd_runner {
	struct input input;
	struct overrides overrides;
	struct vm vm;
	struct runner runner;
	bool copy;
};

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static int set_tool(const struct option_row *row, void *member, const char *value)
{
	struct runner *runner = member;
	size_t length = strcspn(value, "=");

	for (int i = 0; i < TOOL_COUNT; i++) {
		if (strlen(runner_tool_names[i]) != length ||
		    memcmp(runner_tool_names[i], value, length) != 0)
			continue;
		if (value[length] != '=' || value[length + 1] != '/')
			return option_error(row, "'%s' is not NAME=/PATH", value);
		if (has_control(value))
			return option_error(row, "'%s' holds a control character", value);
		return option_set_string(row, &runner->tools[i], value + length + 1);
	}
	return option_error(row,
	                    "'%.*s' is none of busctl, chown, ip, modprobe, virtiofsd, vmconfig",
	                    (int)length, value);
}

static int set_name(const struct option_row *row, void *member, const char *value)
{
	if (!runner_is_name(value))
		return option_error(row,
		                    "'%s' is not 1..64 letters, digits, '.', '_', '-', with a "
		                    "letter or digit first",
		                    value);
	return option_set_string(row, member, value);
}

static int set_user(const struct option_row *row, void *member, const char *value)
{
	if (!runner_is_user(value))
		return option_error(row, "'%s' is not USER[:GROUP]", value);
	return option_set_string(row, member, value);
}

#define AT(member) .offset = offsetof(struct cmd_runner, member)

static const struct option_row runner_options[] = {
    {"output", 'o', "DIR", "the package to write", option_set_string, AT(runner.output),
     .flags = OPTION_FILE},
    {"name", 0, "NAME", "the machine's; else its host name, or the directory's", set_name,
     AT(runner.name)},
    {"copy", 0, NULL, "kernel, initrd and read-only images into the package (the default)",
     option_set_flag, AT(copy)},
    {"reference", 0, NULL, "they stay where they are", option_set_flag, AT(runner.reference)},
    {"tool", 0, "NAME=PATH", "where the host has a program that the scripts execute", set_tool,
     AT(runner), .flags = OPTION_REPEATS | OPTION_FILE},
    {"vm-user", 0, "USER[:GROUP]", "who the VMM runs as; default microvm:kvm", set_user,
     AT(runner.user)},
    {"register", 0, NULL, "make the machine known to systemd-machined", option_set_flag,
     AT(runner.register_machine)},
    {.name = NULL},
};

static const struct option_group runner_groups[] = {
    {"INPUT, one of", input_options, offsetof(struct cmd_runner, input)},
    {"reading", reading_options, offsetof(struct cmd_runner, input)},
    {"overrides", override_options, offsetof(struct cmd_runner, overrides)},
    {"vm options", vm_options, offsetof(struct cmd_runner, vm)},
    {"package", runner_options, 0},
    {.title = NULL},
};

/*
 * Where nobody says what holds the root filesystem, it is made of the image or
 * of the bundle's directory, as `run` does, and copied from the cache.
 * @fd: takes the descriptor that keeps it there
 */
static int attach_root(const struct cmd_runner *c, struct request *request, int *fd)
{
	const struct root *root = request->config.root;

	if (c->runner.reference || request->vm.disks.count)
		return 0;
	if (c->input.kind == INPUT_IMAGE && !(root && root->device))
		*fd = image_root_attach(request);
	else if (c->input.kind == INPUT_BUNDLE && request->root_dir &&
	         !(root && root->device && strcmp(root->device, ROOT_LOWER_FALLBACK) != 0))
		*fd = bundle_root_attach(request);
	else
		return 0;
	return *fd < 0 ? *fd : 0;
}

static int make(struct cmd_runner *c)
{
	_cleanup_fd_ int image = -1; /* keeps it in the cache until it is copied */
	struct request request = {0};
	int r;

	if (!c->runner.output || !*c->runner.output)
		return usage_error("'runner' needs -o DIR");
	if (c->copy && c->runner.reference)
		return usage_error("--copy and --reference exclude each other");
	r = request_make(&c->input, &c->overrides, &c->vm, &request);
	if (r == 0)
		r = attach_root(c, &request, &image);
	if (r == 0)
		r = runner_make(&c->runner, &request);
	request_release(&request);
	return r;
}

static int run_runner(const struct command *self, int argc, char **argv)
{
	struct cmd_runner c = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &c, &arguments);

	if (r == 0)
		r = overrides_finish(&c.overrides, &arguments);
	if (r == 0)
		r = make(&c);
	overrides_release(&c.overrides);
	vm_release(&c.vm);
	runner_release(&c.runner);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_runner = {
    .name = "runner",
    .synopsis = "INPUT [overrides] [vm options] -o DIR [-- CMD...]",
    .summary = "make a runner package, which microvm.nix hosts and others run",
    .groups = runner_groups,
    .run = run_runner,
};

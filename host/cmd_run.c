/* SPDX-License-Identifier: MIT */
/* `vmconfig run`: INPUT and overrides -> a virtual machine -> its workload's status. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "contract.h"
#include "error.h"
#include "form_option.h"
#include "image_root.h"
#include "input.h"
#include "option.h"
#include "overrides.h"
#include "request.h"
#include "run.h"
#include "vm_options.h"

struct run {
	struct input input;
	struct overrides overrides;
	struct vm vm;
	bool image_root;
	enum disk_form form;
};

static const struct option_row root_options[] = {
    {"image-root", 0, NULL,
     "make the root of the image's layers also when there are disks (without --disk it is so)",
     option_set_flag, offsetof(struct run, image_root), .flags = 0},
    {.name = NULL},
};

static const struct option_group run_groups[] = {
    {"INPUT, one of", input_options, offsetof(struct run, input)},
    {"reading", reading_options, offsetof(struct run, input)},
    {"overrides", override_options, offsetof(struct run, overrides)},
    {"vm options", vm_options, offsetof(struct run, vm)},
    {"root filesystem", root_options, 0},
    {"config disk", form_options, offsetof(struct run, form)},
    {.title = NULL},
};

/* Where nobody says what holds the root filesystem, it is made of the image. */
static bool wants_image_root(const struct run *run, const struct request *request)
{
	const struct root *root = request->config.root;

	return run->image_root || (run->input.kind == INPUT_IMAGE && !request->vm.disks.count &&
	                           !(root && root->device));
}

/* Nor where a bundle has no disk: its directory is the root filesystem. */
static bool wants_bundle_root(const struct run *run, const struct request *request)
{
	const struct root *root = request->config.root;

	return run->input.kind == INPUT_BUNDLE && request->root_dir && !request->vm.disks.count &&
	       !(root && root->device && strcmp(root->device, ROOT_LOWER_FALLBACK) != 0);
}

/* @image: takes the descriptor that keeps the root, when one was made */
static int attach_root(const struct run *run, struct request *request, int *image)
{
	int fd;

	if (wants_image_root(run, request))
		fd = image_root_attach(request);
	else if (wants_bundle_root(run, request))
		fd = bundle_root_attach(request);
	else
		return 0;
	*image = fd;
	return fd < 0 ? fd : 0;
}

static int boot(struct run *run)
{
	_cleanup_(request_release) struct request request = {0};
	_cleanup_fd_ int image = -1; /* keeps it in the cache */
	int r;

	if (run->image_root && run->input.kind != INPUT_IMAGE)
		return usage_error("--image-root goes with --image");
	run->input.runs = true;
	r = request_make(&run->input, &run->overrides, &run->vm, &request);

	if (r == 0)
		r = attach_root(run, &request, &image);
	return r < 0 ? r : run_vm(&request, run->form);
}

static int run_run(const struct command *self, int argc, char **argv)
{
	struct run run = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &run, &arguments);

	if (r == 0)
		r = overrides_finish(&run.overrides, &arguments);
	if (r == 0)
		r = boot(&run);
	else if (r > 0)
		r = EXIT_SUCCESS;
	overrides_release(&run.overrides);
	vm_release(&run.vm);
	/* A status of 1 would be taken for the workload's. */
	return r < 0 && r != -EX_USAGE ? STATUS_INIT_FAILED : r;
}

const struct command cmd_run = {
    .name = "run",
    .synopsis = "INPUT [overrides] [vm options] [-- CMD...]",
    .summary = "boot INPUT in a virtual machine and exit with its workload's status",
    .groups = run_groups,
    .run = run_run,
};

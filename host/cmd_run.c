/* SPDX-License-Identifier: MIT */
/* `vmconfig run`: INPUT and overrides -> a virtual machine -> its workload's status. */
#include <stdlib.h>
#include <sysexits.h>

#include "cleanup.h"
#include "cmd.h"
#include "contract.h"
#include "error.h"
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
};

static const struct option_group run_groups[] = {
    {"INPUT, one of", input_options, offsetof(struct run, input)},
    {"reading", reading_options, offsetof(struct run, input)},
    {"overrides", override_options, offsetof(struct run, overrides)},
    {"vm options", vm_options, offsetof(struct run, vm)},
    {.title = NULL},
};

/* What init cannot do yet is refused before a machine boots to say so. */
static int check_supported(const struct request *r)
{
	if (r->vm.image.path)
		return fail("cannot boot vm.image '%s': this version of init mounts no container's "
		            "root within a root of the guest's own",
		            r->vm.image.path);
	return 0;
}

static int boot(struct run *run)
{
	_cleanup_(request_release) struct request request = {0};
	int r = request_make(&run->input, &run->overrides, &run->vm, &request);

	if (r == 0)
		r = check_supported(&request);
	return r < 0 ? r : run_vm(&request);
}

static int run_run(int argc, char **argv)
{
	struct run run = {0};
	struct arguments arguments;
	int r = option_parse(&cmd_run, argc, argv, &run, &arguments);

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

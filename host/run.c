/* SPDX-License-Identifier: MIT */
/* From a request to an exit status. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "accel.h"
#include "boot_files.h"
#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "kernel_cmdline.h"
#include "list.h"
#include "machine.h"
#include "network.h"
#include "problem.h"
#include "relay.h"
#include "request.h"
#include "run_disk.h"
#include "stop_signals.h"
#include "user_net.h"
#include "vmm.h"

#define DEFAULT_STOP_S 10 /* as init has it */

/* The guest reports on its port; the nonce marks its lines should it have to use the console. */
static int complete_report(struct vmconfig *cfg)
{
	unsigned char random[16];
	char nonce[2 * sizeof(random) + 1];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return fail_errno(errno, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(nonce + 2 * i, 3, "%02x", random[i]);
	if (!cfg->report)
		cfg->report = calloc(1, sizeof(*cfg->report));
	if (!cfg->report)
		return fail_errno(ENOMEM, "cannot complete the config");
	free(cfg->report->channel);
	free(cfg->report->nonce);
	cfg->report->channel = strdup("virtio-serial");
	cfg->report->nonce = strdup(nonce);
	if (!cfg->report->channel || !cfg->report->nonce)
		return fail_errno(ENOMEM, "cannot complete the config");
	return 0;
}

/* What was right before may not be so with what has been added, such as a MAC given twice. */
static int check_config(const struct vmconfig *cfg)
{
	struct problems problems = {0};
	int r = vmconfig_check(cfg, NULL, &problems);

	if (r < 0)
		print_problems("rendered config", &problems);
	problems_release(&problems);
	return r;
}

static int complete(struct request *r)
{
	int result = network_complete(r);

	if (result == 0)
		result = complete_report(&r->config);
	if (result == 0 && r->config.terminal) {
		warn("'terminal' is left out: standard streams are relayed instead");
		r->config.terminal = false;
	}
	if (result == 0)
		result = check_config(&r->config);
	return result < 0 ? result : network_reserve_ports(r);
}

/*
 * The kernel's words: a panic or a reboot ends QEMU (-no-reboot). Ours come
 * first, so that the user's may override them. The config disk is named by its
 * serial: a label may be on anybody's disk.
 */
static int make_command_line(const struct vm *vm, const struct machine *machine, char **line)
{
	struct strlist words = {0};
	char console[32];
	int r;

	snprintf(console, sizeof(console), "console=%s", machine->console);
	r = strlist_add(&words, console);
	if (r == 0)
		r = strlist_add(&words, "panic=-1");
	if (r == 0)
		r = strlist_add(&words, "reboot=t");
	if (r == 0)
		r = strlist_add(&words, vm->verbose ? "loglevel=7" : "loglevel=4");
	if (r == 0)
		r = strlist_add(&words, CMDLINE_DISK "=serial=" CONFIG_DISK_SERIAL);
	for (size_t i = 0; r == 0 && i < vm->kernel_parameters.count; i++)
		r = strlist_add(&words, vm->kernel_parameters.items[i]);
	r = r < 0 ? fail_errno(-r, "cannot make the kernel command line")
	          : kernel_cmdline_make(&words, line);
	strlist_release(&words);
	return r;
}

static int start(const struct request *r, const struct machine *machine, struct vmm *vmm,
                 int config_disk)
{
	_cleanup_free_ char *command_line = NULL;
	_cleanup_free_ struct user_net *nets = NULL;
	struct strlist args = {0};
	struct qemu_setup setup = {.machine = machine, .config_disk = config_disk};
	int result = accel_choose(r->vm.accel, &setup.accel);

	if (result == 0)
		result = make_command_line(&r->vm, machine, &command_line);
	if (result == 0)
		result = network_plan(r, &nets);
	if (result < 0)
		return result;
	setup.command_line = command_line;
	setup.nets = nets;
	memcpy(setup.channels, vmm->theirs, sizeof(setup.channels));
	result = qemu_args(&r->vm, &setup, &args);
	if (result == 0)
		result = vmm_start(vmm, &args, config_disk);
	strlist_release(&args);
	return result;
}

static int64_t value_or(const struct optint *number, int64_t otherwise)
{
	return number->set ? number->value : otherwise;
}

static int boot(struct request *r, const struct machine *machine, int signals)
{
	const struct relay_options options = {
	    .interactive = r->vm.interactive,
	    .verbose = r->vm.verbose,
	    .timeout_s = value_or(&r->vm.timeout, 0),
	    .stop_timeout_s = value_or(&r->config.stop_timeout, DEFAULT_STOP_S),
	};
	_cleanup_fd_ int config_disk = run_disk_make(r);
	int status = STATUS_INIT_FAILED;
	struct vmm vmm;

	if (config_disk < 0)
		return status;
	if (vmm_open(&vmm) == 0 && start(r, machine, &vmm, config_disk) == 0)
		status = relay_run(&vmm, signals, &options);
	vmm_release(&vmm);
	return status;
}

/* QEMU, when it may, makes a tap device that does not exist, and nothing is connected to that. */
static int check_taps(const struct vm *vm)
{
	for (size_t i = 0; i < vm->nics.count; i++) {
		const char *tap = vm->nics.items[i].tap;

		if (tap && if_nametoindex(tap) == 0)
			return fail("there is no tap device '%s': 'ip tuntap add dev %s mode tap' "
			            "makes it",
			            tap, tap);
	}
	return 0;
}

int run_vm(struct request *r)
{
	const struct machine *machine = machine_of_host();
	_cleanup_fd_ int signals = -1;

	if (!machine || check_taps(&r->vm) < 0 || boot_files_find(&r->vm, machine) < 0 ||
	    complete(r) < 0)
		return STATUS_INIT_FAILED;
	signals = stop_signals_open();
	if (signals < 0)
		return STATUS_INIT_FAILED;
	return boot(r, machine, signals);
}

/* SPDX-License-Identifier: MIT */
/* From a request to an exit status. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accel.h"
#include "boot_files.h"
#include "cleanup.h"
#include "complete.h"
#include "config_devices.h"
#include "contract.h"
#include "driver_needs.h"
#include "error.h"
#include "local_terminal.h"
#include "machine.h"
#include "macvtap.h"
#include "network.h"
#include "network_namespace.h"
#include "relay.h"
#include "request.h"
#include "run_disk.h"
#include "stop_signals.h"
#include "user_net.h"
#include "virtiofsd.h"
#include "vm_cmdline.h"
#include "vm_image.h"
#include "vmm.h"
#include "vmm_kind.h"

/* A workload's terminal is as large as the one that it is shown on. */
static int complete_terminal(struct vmconfig *cfg)
{
	unsigned rows, columns;

	if (!cfg->terminal || cfg->console_size || !local_terminal_size(&rows, &columns))
		return 0;
	cfg->console_size = calloc(1, sizeof(*cfg->console_size));
	if (!cfg->console_size)
		return fail_errno(ENOMEM, "cannot complete the config");
	cfg->console_size->height = (struct optint){true, rows};
	cfg->console_size->width = (struct optint){true, columns};
	return 0;
}

/* The VMM's own end of each macvtap NIC, behind the config disk in @fds. */
static int open_nics(const struct vm *vm, int *fds, size_t *count)
{
	for (size_t i = 0; i < vm->nics.count; i++) {
		int fd;

		if (!vm->nics.items[i].macvtap)
			continue;
		fd = macvtap_open(vm->nics.items[i].macvtap, FIRST_NIC_FD + (int)i, false);
		if (fd < 0)
			return fd;
		fds[(*count)++] = fd;
	}
	return 0;
}

static int start_command(const struct request *r, const struct vmm_setup *setup, struct vmm *vmm)
{
	_cleanup_free_ int *fds = calloc(r->vm.nics.count + 1, sizeof(*fds));
	struct vmm_files files = {.fds = fds};
	struct vmm_command command = {0};
	int result, left;

	if (!fds)
		return fail_errno(ENOMEM, "cannot start the virtual machine");
	if (setup->config_disk >= 0)
		fds[files.count++] = setup->config_disk;
	result = vmm_command_make(&r->vm, setup, &command);
	if (result == 0)
		result = network_namespace_enter(setup->network);
	if (result == 0) {
		result = open_nics(&r->vm, fds, &files.count);
		if (result == 0)
			result = vmm_start(vmm, &command.args, NULL, &files);
		left = network_namespace_leave(setup->network);
		result = result == 0 ? left : result;
	}
	for (size_t i = setup->config_disk >= 0; i < files.count; i++)
		close(fds[i]);
	vmm_command_release(&command);
	return result;
}

static int start(const struct request *r, struct vmm_setup *setup, struct vmm *vmm)
{
	_cleanup_free_ char *command_line = NULL;
	_cleanup_free_ struct user_net *nets = NULL;
	int result = accel_choose(r->vm.accel, &setup->accel);

	if (result == 0)
		result = vm_cmdline_make(&r->vm, setup, &command_line);
	if (result == 0)
		result = network_plan(r, &nets);
	if (result < 0)
		return result;
	setup->command_line = command_line;
	setup->nets = nets;
	setup->first_nic = FIRST_NIC_FD;
	memcpy(setup->channels, vmm->theirs, sizeof(setup->channels));
	return start_command(r, setup, vmm);
}

static int64_t value_or(const struct optint *number, int64_t otherwise)
{
	return number->set ? number->value : otherwise;
}

static int run_poststart(const struct relay_options *options, const struct vmm *vmm, int signals)
{
	return host_hooks_poststart(options->context, vmm->pid, signals);
}

static int boot(struct request *r, struct vmm_setup *setup, enum disk_form form, int signals)
{
	const struct relay_options options = {
	    .started = run_poststart,
	    .context = &r->hooks,
	    .interactive = r->vm.interactive,
	    .terminal = r->config.terminal,
	    .verbose = r->vm.verbose,
	    .timing = r->vm.timing,
	    .timing_file = r->vm.timing_file,
	    .timeout_s = value_or(&r->vm.timeout, 0),
	    .stop_timeout_s = request_stop_timeout(&r->config),
	};
	_cleanup_fd_ int config = run_disk_make(r, form);
	int status = STATUS_INIT_FAILED;
	struct vmm vmm;

	if (config < 0 || (form == DISK_CPIO && vm_use_initrd(&r->vm, config) < 0))
		return status;
	if (form != DISK_CPIO)
		setup->config_disk = config;
	if (vmm_open(&vmm, true) == 0 && start(r, setup, &vmm) == 0)
		status = relay_run(&vmm, signals, &options);
	vmm_release(&vmm);
	return status;
}

static int boot_with_shares(struct request *r, struct vmm_setup *setup, enum disk_form form,
                            int signals)
{
	struct virtiofsds servers = {0};
	int status = STATUS_INIT_FAILED;

	if (virtiofsds_start(&servers, &r->vm) == 0)
		status = boot(r, setup, form, signals);
	virtiofsds_release(&servers);
	return status;
}

/* When a hook has failed, the others are to clean up after it. */
static int boot_with_hooks(struct request *r, struct vmm_setup *setup, enum disk_form form,
                           int signals)
{
	int status = STATUS_INIT_FAILED;
	int result;

	r->hooks.annotations = &r->config.annotations;
	result = host_hooks_create(&r->hooks, signals);
	if (result == 0)
		status = boot_with_shares(r, setup, form, signals);
	else if (result == -EINTR)
		status = STATUS_SIGNAL_BASE + stop_signals_next(signals);
	host_hooks_poststop(&r->hooks);
	return status;
}

/* QEMU, when it may, makes a tap device that does not exist, and nothing is connected to that. */
static int check_taps(struct request *r)
{
	for (size_t i = 0; i < r->vm.nics.count; i++) {
		const char *tap = r->vm.nics.items[i].tap;

		if (tap && if_nametoindex(tap) == 0)
			return fail("there is no tap device '%s': 'ip tuntap add dev %s mode tap' "
			            "makes it",
			            tap, tap);
	}
	return 0;
}

/* A program of an unknown name is taken for a QEMU: it may be somebody's script around one. */
static const struct vmm_kind *choose_kind(const struct vm *vm)
{
	const struct vmm_kind *kind = vm->vmm ? vmm_kind_of(vm->vmm) : NULL;

	if (!kind)
		kind = vmm_kind_named("qemu");
	if (!(kind->features & VMM_PORTS))
		fail("'%s' is %s: 'run' drives QEMU only", vm->vmm, kind->name);
	else if (vm->vmm && *vm->vmm == '/' && access(vm->vmm, X_OK) < 0)
		fail_errno(errno, "cannot execute '%s'", vm->vmm);
	else
		return kind;
	return NULL;
}

/* /dev has the file of a macvtap device by the number of its interface, which is another one's in
 * another namespace. */
static int check_macvtaps(const struct vm *vm, const struct network_namespace *network)
{
	for (size_t i = 0; network->inner >= 0 && i < vm->nics.count; i++)
		if (vm->nics.items[i].macvtap)
			return fail("macvtap device '%s' cannot be had in the network namespace of "
			            "the bundle: use a tap",
			            vm->nics.items[i].macvtap);
	return 0;
}

/* What is looked for or taken in the machine's network. */
static int in_network(struct request *r, const struct network_namespace *network,
                      int (*check)(struct request *r))
{
	int result = network_namespace_enter(network), left;

	if (result < 0)
		return result;
	result = check(r);
	left = network_namespace_leave(network);
	return result == 0 ? left : result;
}

int run_vm(struct request *r, enum disk_form form)
{
	_cleanup_(network_namespace_close) struct network_namespace network = {-1, -1};
	struct vmm_setup setup = {.machine = machine_of_host(),
	                          .kind = choose_kind(&r->vm),
	                          .config_disk = -1,
	                          .network = &network};
	_cleanup_fd_ int signals = -1, initrd = -1;

	if (!setup.machine || !setup.kind ||
	    network_namespace_open(&network, r->network_namespace) < 0 ||
	    check_macvtaps(&r->vm, &network) < 0 || in_network(r, &network, check_taps) < 0 ||
	    boot_files_find(&r->vm, &setup) < 0 || vm_image_attach(r, setup.kind) < 0 ||
	    boot_disks_check(&r->vm, setup.kind) < 0 || complete_terminal(&r->config) < 0 ||
	    request_complete(r, setup.kind, false) < 0 ||
	    /* A VMM of the user's may be a script around one that adds devices. */
	    config_devices_check(r, setup.kind, !r->vm.vmm) < 0 ||
	    driver_needs_meet(&r->vm, &initrd) < 0 ||
	    in_network(r, &network, network_reserve_ports) < 0)
		return STATUS_INIT_FAILED;
	signals = stop_signals_open();
	if (signals < 0)
		return STATUS_INIT_FAILED;
	return boot_with_hooks(r, &setup, form, signals);
}

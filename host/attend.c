/* SPDX-License-Identifier: MIT */
/* A package's machine as a service. */
#include "attend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "accel.h"
#include "boot_files.h"
#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "list.h"
#include "machine.h"
#include "macvtap.h"
#include "notify.h"
#include "read_file.h"
#include "relay.h"
#include "replace_file.h"
#include "report_door.h"
#include "stop_signals.h"
#include "unix_socket.h"
#include "vmm.h"
#include "vmm_ask.h"
#include "vmm_kind.h"

struct attendant {
	struct attendance attendance;
	const struct attend_options *options;
};

#define STOP_SLACK_S \
	100 /* beyond the guest's stop timeout: microvm-shutdown's own limit, and more */

static const struct attend_options *options_of(struct attendance *a)
{
	return ((struct attendant *)(void *)((char *)a - offsetof(struct attendant, attendance)))
	    ->options;
}

static void started(struct attendance *a)
{
	(void)a;
	notify("READY=1\nSTATUS=the workload runs\n");
}

static void stopping(struct attendance *a)
{
	const struct attend_options *o = options_of(a);
	char text[160];

	/* A stop may take longer than the unit's own limit; microvm-shutdown has one. */
	snprintf(text, sizeof(text),
	         "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld\nSTATUS=the guest is asked to stop\n",
	         (long long)(o->stop_timeout_s + STOP_SLACK_S) * 1000000);
	notify(text);
}

static int ask(struct attendance *a)
{
	const struct attend_options *o = options_of(a);
	const struct machine *machine = machine_of_host();

	return machine ? vmm_ask_to_stop(o->kind, machine, o->command.items[0]) : -EINVAL;
}

/* One attendant for each state directory: sockets of a second one would take the first's place. */
static int lock_directory(void)
{
	_cleanup_fd_ int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(errno, "cannot open the state directory");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return fail("a machine runs in this directory already");
	return steal_fd(&fd);
}

/* What the machine before has left. */
static int clear_directory(const struct attend_options *o)
{
	const char *const files[] = {EXIT_STATUS_FILE, o->kind->socket, VSOCK_FILE};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i] && unlink(files[i]) < 0 && errno != ENOENT)
			return fail_errno(errno, "cannot remove '%s'", files[i]);
	return 0;
}

static int open_nics(const struct attend_options *o, int *fds, size_t *count)
{
	bool blocking = o->kind->features & VMM_BLOCKING;

	for (size_t i = 0; i < o->nics.count; i++) {
		int fd = -1;

		if (!*o->nics.items[i])
			continue;
		fd = macvtap_open(o->nics.items[i], FIRST_NIC_FD + (int)i, blocking);
		if (fd < 0)
			return fd;
		fds[(*count)++] = fd;
	}
	return 0;
}

static int add_accelerator(const struct attend_options *o, struct strlist *command)
{
	enum accel accel;

	if (!o->choose_accel)
		return 0;
	if (accel_choose(o->accel, &accel) < 0)
		return -EINVAL;
	if (strlist_add(command, "-accel") < 0 ||
	    strlist_add(command, accel == ACCEL_KVM ? "kvm" : "tcg") < 0)
		return fail_errno(ENOMEM, "cannot start the virtual machine");
	return 0;
}

static int start_in(const struct attend_options *o, struct vmm *vmm, char *name,
                    struct strlist *command)
{
	_cleanup_free_ int *fds = calloc(o->nics.count + 1, sizeof(*fds));
	struct vmm_files files = {.fds = fds};
	int r = strlist_copy(command, &o->command);

	if (!fds || r < 0)
		return fail_errno(ENOMEM, "cannot start the virtual machine");
	r = add_accelerator(o, command);
	if (r == 0)
		r = open_nics(o, fds, &files.count);
	if (r == 0)
		r = vmm_start(vmm, command, name, &files);
	for (size_t i = 0; i < files.count; i++)
		close(fds[i]);
	return r;
}

static int start(const struct attend_options *o, struct vmm *vmm)
{
	_cleanup_free_ char *name = NULL;
	struct strlist command = {0};
	int r;

	if (asprintf(&name, "microvm@%s", o->name) < 0) {
		name = NULL;
		return fail_errno(ENOMEM, "cannot start the virtual machine");
	}
	r = vmm_open(vmm, o->kind->features & VMM_PORTS);
	if (r == 0)
		r = boot_disks_check(&o->vm, o->kind);
	if (r == 0)
		r = vmm_place_channels(vmm);
	if (r == 0)
		r = start_in(o, vmm, name, &command);
	strlist_release(&command);
	return r;
}

static void write_status(int status)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", status);

	replace_file(EXIT_STATUS_FILE, text, (size_t)n); /* which says what is wrong */
}

static int run(struct attendant *a, int signals)
{
	const struct attend_options *o = a->options;
	const struct relay_options options = {
	    .verbose = o->verbose,
	    .timeout_s = o->timeout_s,
	    .stop_timeout_s = o->stop_timeout_s,
	    .attendance = &a->attendance,
	};
	int status = STATUS_INIT_FAILED;
	struct vmm vmm;

	if (start(o, &vmm) == 0)
		status = relay_run(&vmm, signals, &options);
	vmm_release(&vmm);
	write_status(status);
	/* Ended by the stop signal, as was asked: the service has not failed. */
	return a->attendance.stopped && status != STATUS_INIT_FAILED ? 0 : status;
}

/* A guest that is to connect finds somebody there, whenever it comes. */
static int run_listening(struct attendant *a, int signals, const char *nonce)
{
	const struct attend_options *o = a->options;
	bool file = o->kind->features & VMM_VSOCK_FILE;
	char path[sizeof(VSOCK_FILE "_4294967295")];
	struct report_door door;
	int status = STATUS_INIT_FAILED, r;

	if (!o->report_port)
		return run(a, signals);
	snprintf(path, sizeof(path), VSOCK_FILE "_%u", o->report_port);
	r = report_door_open(&door, file ? 0 : o->guest_cid, o->report_port, path, nonce);
	if (r == 0) {
		a->attendance.door = &door;
		status = run(a, signals);
		a->attendance.door = NULL;
	} else {
		fail_errno(-r, "cannot listen on vsock port %u", o->report_port);
		write_status(status);
	}
	report_door_close(&door);
	if (file)
		unlink(path);
	return status;
}

static int read_nonce(const char *file, char **nonce)
{
	size_t length;
	int r = read_file(file, nonce, &length);

	if (r == 0)
		(*nonce)[strcspn(*nonce, "\n")] = '\0';
	return r;
}

int attend(const struct attend_options *options)
{
	struct attendant a = {
	    {.listener = -1, .started = started, .stopping = stopping, .ask = ask}, options};
	_cleanup_fd_ int lock = -1, listener = -1, signals = -1;
	_cleanup_free_ char *nonce = NULL;
	int status;

	/* So that the VMM's descriptors have the numbers that its command names. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) < 0)
		fail_errno(errno, "cannot close what was left open");
	lock = lock_directory();
	if (lock < 0 || clear_directory(options) < 0)
		return STATUS_INIT_FAILED;
	if (options->nonce_file && read_nonce(options->nonce_file, &nonce) < 0)
		return STATUS_INIT_FAILED;
	if (!(options->kind->features & VMM_PORTS))
		a.attendance.nonce = nonce;
	a.attendance.listener = listener = unix_listen(CONTROL_SOCKET);
	if (listener < 0) {
		fail_errno(-listener, "cannot listen on '%s'", CONTROL_SOCKET);
		return STATUS_INIT_FAILED;
	}
	signals = stop_signals_open();
	status = signals < 0 ? STATUS_INIT_FAILED : run_listening(&a, signals, nonce);
	unlink(CONTROL_SOCKET);
	return status;
}

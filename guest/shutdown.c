/* SPDX-License-Identifier: MIT */
/*
 * The end. The root filesystem can only be unmounted from outside: a tmpfs is
 * mounted over it and the two change places, as systemd does for the initramfs
 * that it returns to. A namespace of the workload's is emptied in the same way
 * before, from within.
 */
#include "shutdown.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "cleanup.h"
#include "container.h"
#include "delegate.h"
#include "guest.h"
#include "in_use.h"
#include "log.h"
#include "mountpoint.h"
#include "outside.h"
#include "supervise.h"
#include "sysrq.h"
#include "unmount.h"

#define OLD OUTSIDE_OLD

static const struct patience in_a_hurry = {.window_us = 5000000, .windows = 1};

static const struct {
	const char *name;
	int command; /* of reboot(2) */
} ends[] = {
    [MACHINE_POWER_OFF] = {"poweroff", RB_POWER_OFF},
    [MACHINE_REBOOT] = {"reboot", RB_AUTOBOOT},
    [MACHINE_HALT] = {"halt", RB_HALT_SYSTEM},
    [MACHINE_KEXEC] = {"kexec", RB_KEXEC},
};

static int run_sync(void *data)
{
	(void)data;
	sync();
	return 0;
}

/* @patience: NULL for what is usual */
static void sync_all(const struct patience *patience)
{
	const struct delegate_work work = {.run = run_sync, .give_fd = -1, .patience = patience};
	int r = delegate(&work);

	if (r < 0)
		log_error("writing to the disks does not come to an end: %s", strerror(-r));
}

/* A layer's filesystem goes with its last descriptor, which is the child's then. */
struct pin_end {
	int fd;
	bool still_used;
};

static int run_pin_end(void *data)
{
	const struct pin_end *end = data;

	return end->still_used ? remount_readonly(end->fd) : 0;
}

static void release_pins(struct guest *g, bool still_used)
{
	for (size_t i = 0; i < g->pins.count; i++) {
		/* Forgotten first: should init crash meanwhile, its number may be another file's.
		 */
		struct pin_end end = {steal_fd(&g->pins.items[i]), still_used};
		const struct delegate_work work = {
		    .run = run_pin_end, .data = &end, .give_fd = end.fd};
		int r = end.fd < 0 ? 0 : delegate(&work);

		if (r < 0)
			log_error("cannot make a writable layer read-only: %s", strerror(-r));
	}
	g->pins.count = 0;
}

void shutdown_pins(struct guest *g)
{
	release_pins(g, false);
}

static void close_if_open(int *fd)
{
	if (*fd >= 0)
		close(steal_fd(fd));
}

static int run_root_readonly(void *data)
{
	(void)data;
	return mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0 ? -errno : 0;
}

static size_t unmount_all(const char *below, const struct in_use *devices)
{
	size_t left = unmount_tree(below, devices);

	if (left)
		unmount_make_readonly(below);
	return left;
}

/*
 * Every descriptor of ours in a filesystem, and our place in it, has gone before.
 * @devices: NULL when our place is in it after all
 */
static size_t take_apart(struct guest *g, const char *below, const struct in_use *devices)
{
	bool inside = !devices;
	const struct delegate_work root = {.run = run_root_readonly, .give_fd = -1};
	size_t left = unmount_all(below, devices);

	/* Should it be the root filesystem all the same. */
	if (inside)
		delegate(&root);
	release_pins(g, left || inside);
	/* A pin holds a layer that is still in the tree, where the boot has failed on the way. */
	return left && inside ? unmount_tree(below, devices) : left;
}

/* The workload's namespace has copies of what init has mounted, and what came after. */
static size_t empty_container(struct guest *g, struct in_use *devices)
{
	size_t left = 0;
	int r = container_enter(g);

	if (r == 0)
		r = outside_enter();
	if (r == 0) {
		sync_all(NULL);
		in_use_note(devices, OLD, g->pins.items, g->pins.count);
		left = unmount_all(OLD, devices);
	} else if (g->container_ns >= 0) {
		log_warning("cannot take the workload's mounts apart: %s", strerror(-r));
	}
	container_leave(g);
	close_if_open(&g->container_ns); /* with the last of it the namespace goes */
	return left;
}

void shutdown_filesystems(struct guest *g)
{
	struct in_use devices = {0};
	size_t in_use, left;
	int r;

	close_if_open(&g->root_fd);
	close_if_open(&g->own_root_fd);
	left = empty_container(g, &devices);
	close_if_open(&g->own_ns);
	r = outside_enter();
	sync_all(NULL);
	if (r < 0) {
		/* Nothing has been put in the place of the initramfs yet: the boot has failed
		 * before. */
		log_debug("still in the initramfs: %s", strerror(-r));
		in_use = take_apart(g, "", NULL);
	} else {
		in_use_note(&devices, OLD, g->pins.items, g->pins.count);
		in_use = take_apart(g, OLD, &devices);
		in_use += in_use_wait(&devices);
	}
	in_use_release(&devices);
	if (left || in_use || delegate_gave_up())
		force_readonly();
	sync_all(NULL);
}

void shutdown_sync(void)
{
	sync_all(&in_a_hurry);
}

static int run_end(void *data)
{
	const enum machine_end *end = data;

	return reboot(ends[*end].command) < 0 ? -errno : 0;
}

/* The kernel asks each device to shut down first, and waits for a driver that waits for its disk.
 */
void shutdown_by_force(struct account *a, const struct report_message *m, enum machine_end end)
{
	const struct delegate_work ending = {
	    .run = run_end, .data = &end, .give_fd = -1, .patience = &in_a_hurry};

	shutdown_sync();
	force_readonly();
	account_send(a, m);
	supervise_farewell(a);
	delegate(&ending);
	if (end != MACHINE_HALT)
		force_reset();
	shutdown_machine(end);
}

int machine_end_of(const char *name)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (strcmp(ends[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *machine_end_name(enum machine_end end)
{
	return ends[end].name;
}

void shutdown_machine(enum machine_end end)
{
	reboot(ends[end].command);
	/* No kernel has been loaded, or this one cannot start another. */
	if (end == MACHINE_KEXEC)
		reboot(RB_AUTOBOOT);
	/* Refused, where there is no right to; PID 1 must not return all the same. */
	log_error("cannot %s: %m", ends[end].name);
	reboot(RB_HALT_SYSTEM);
	for (;;)
		pause();
}

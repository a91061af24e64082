/* SPDX-License-Identifier: MIT */
/*
 * The end. The root filesystem can only be unmounted from outside: a tmpfs is
 * mounted over it and the two change places, as systemd does for the initramfs
 * that it returns to.
 */
#include "shutdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "guest.h"
#include "log.h"
#include "mount_list.h"
#include "mountpoint.h"

#define OLD           "/old"
#define LATE_CLOSE_US 2000000

/* A tmpfs that is not in the tree yet: no directory of the workload's is needed to make it. */
static int make_outside(void)
{
	_cleanup_fd_ int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* Change places with the root filesystem, which is then at OLD. */
static int step_outside(void)
{
	_cleanup_fd_ int outside = make_outside();

	if (outside < 0)
		return outside;
	/* pivot_root(2) refuses shared mounts, which the workload may have made of all. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (mkdirat(outside, OLD + 1, 0700) < 0 || mkdirat(outside, "proc", 0700) < 0)
		return -errno;
	if (syscall(SYS_move_mount, outside, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -errno;
	if (fchdir(outside) < 0 || syscall(SYS_pivot_root, ".", OLD + 1) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		return -errno;
	/* The list of mounts is read from here; the workload's /proc goes with everything else. */
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0 ? -errno
	                                                                                  : 0;
}

/* No data in it, or only in memory: others may keep such a one open without harm. */
static bool is_virtual(const struct mount_entry *m)
{
	return strncmp(m->source, "/dev/", 5) != 0 && strcmp(m->fstype, "overlay") != 0;
}

/* A detached mount takes those below it along, out of sight: @detach only when none is left there.
 */
static bool take_away(const struct mount_entry *m, bool detach)
{
	if (umount2(m->target, UMOUNT_NOFOLLOW) == 0)
		return true;
	if (errno == EBUSY && detach && is_virtual(m))
		return umount2(m->target, UMOUNT_NOFOLLOW | MNT_DETACH) == 0;
	return false;
}

static bool is_kept(const char *target, const char *below)
{
	size_t n = strlen(below);

	if (strcmp(target, "/") == 0 || strcmp(target, "/proc") == 0)
		return true;
	return strncmp(target, below, n) != 0 || (target[n] != '\0' && target[n] != '/' && n > 0);
}

/* The last mounted first. Return: how many have gone; @left: how many have not. */
static size_t unmount_below(const char *below, size_t *left)
{
	struct mount_list list = {0};
	size_t gone = 0;

	/* A list that cannot be read, for it may be huge, has the root filesystem at least. */
	*left = 1;
	if (mount_list_read(&list) < 0)
		return 0;
	*left = 0;
	for (size_t i = list.count; i-- > 0;) {
		if (is_kept(list.items[i].target, below))
			continue;
		if (take_away(&list.items[i], *left == 0))
			gone++;
		else
			(*left)++;
	}
	mount_list_release(&list);
	return gone;
}

/*
 * Again as long as that helps: mounts may be stacked, or hold each other in
 * another order. And a little longer: the kernel closes some files only after
 * their process has gone (those in an io_uring), and tells nobody when.
 *
 * Return: how many are left.
 */
static size_t unmount_all(const char *below)
{
	const struct timespec pause_time = {.tv_nsec = 10000000};
	int64_t deadline = clock_us() + LATE_CLOSE_US;
	size_t left;

	while (unmount_below(below, &left) || (left && clock_us() < deadline))
		if (left)
			nanosleep(&pause_time, NULL);
	return left;
}

static void make_rest_readonly(const char *below)
{
	struct mount_list list = {0};

	if (mount_list_read(&list) < 0)
		return;
	for (size_t i = list.count; i-- > 0;) {
		const struct mount_entry *m = &list.items[i];

		if (is_kept(m->target, below))
			continue;
		log_warning("cannot unmount '%s'", m->target + strlen(below));
		if (mount(NULL, m->target, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
			log_error("cannot make '%s' read-only: %m", m->target + strlen(below));
	}
	mount_list_release(&list);
}

static void release_pins(struct guest *g, bool still_used)
{
	for (size_t i = 0; i < g->pins.count; i++) {
		int r = still_used ? remount_readonly(g->pins.items[i]) : 0;

		if (r < 0)
			log_error("cannot make a writable layer read-only: %s", strerror(-r));
		close(g->pins.items[i]);
	}
	g->pins.count = 0;
}

void shutdown_filesystems(struct guest *g)
{
	const char *below = OLD;
	size_t left;
	int r;

	sync();
	if (g->root_fd >= 0)
		close(steal_fd(&g->root_fd));
	r = step_outside();
	if (r < 0) {
		/* Nothing has been put in the place of the initramfs yet: the boot has failed
		 * before. */
		log_debug("still in the initramfs: %s", strerror(-r));
		below = "";
	}
	left = unmount_all(below);
	if (left)
		make_rest_readonly(below);
	/* Should it be the root filesystem all the same. */
	if (r < 0)
		mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	release_pins(g, left || r < 0);
	sync();
}

static const struct {
	const char *name;
	int command; /* of reboot(2) */
} ends[] = {
    [MACHINE_POWER_OFF] = {"poweroff", RB_POWER_OFF},
    [MACHINE_REBOOT] = {"reboot", RB_AUTOBOOT},
    [MACHINE_HALT] = {"halt", RB_HALT_SYSTEM},
    [MACHINE_KEXEC] = {"kexec", RB_KEXEC},
};

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

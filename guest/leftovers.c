/* SPDX-License-Identifier: MIT */
/* Swap files and loop devices that the workload has left behind. */
#include "leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "delegate.h"
#include "in_use.h"
#include "log.h"
#include "proc_text.h"

#define SYSFS     "/sys" /* init's own: the workload's may have gone */
#define LOOP_NODE "/loop"

static bool is_below(const char *path, const char *below)
{
	size_t n = strlen(below);

	return strncmp(path, below, n) == 0 && path[n] == '/';
}

static int run_swapoff(void *path)
{
	return swapoff(path) < 0 ? -errno : 0;
}

static size_t release_swap(const char *below)
{
	_cleanup_file_ FILE *f = fopen("/proc/swaps", "re");
	char line[PATH_MAX + 128];
	size_t gone = 0;

	while (f && fgets(line, sizeof(line), f)) {
		const struct delegate_work work = {.run = run_swapoff, .data = line, .give_fd = -1};
		int r;

		line[strcspn(line, " \t\n")] = '\0';
		proc_unescape(line);
		if (!is_below(line, below))
			continue;
		r = delegate(&work);
		if (r < 0)
			log_warning("cannot release the swap file '%s': %s", line + strlen(below),
			            strerror(-r));
		else
			gone++;
	}
	return gone;
}

static bool read_line(int dir, const char *name, const char *file, char *line, size_t size)
{
	char path[300];
	_cleanup_fd_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", name, file);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, line, size - 1);
	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Whether the file is ours, by its identity: paths of other mount namespaces look like ours. */
static bool is_ours(const struct loop_info64 *info, const char *file, const struct in_use *devices)
{
	static const char deleted[] = " (deleted)";
	size_t n = strlen(file);
	struct stat st;

	if (in_use_has(devices, (dev_t)info->lo_device))
		return true;
	if (stat(file, &st) == 0)
		return st.st_dev == (dev_t)info->lo_device && st.st_ino == info->lo_inode;
	/* Files of an overlay have device numbers that no mount has. */
	return major((dev_t)info->lo_device) == 0 && n >= strlen(deleted) &&
	       strcmp(file + n - strlen(deleted), deleted) == 0;
}

struct loop_work {
	dev_t number;
	const char *file;
	const struct in_use *devices;
};

/* Return: 0; -ENXIO, as the kernel says when it has been released meanwhile, if there is nothing to
 * be done; or -errno. */
static int run_clear(void *data)
{
	const struct loop_work *loop = data;
	_cleanup_fd_ int fd = -1;
	struct loop_info64 info;

	if (mknod(LOOP_NODE, S_IFBLK | 0600, loop->number) < 0 && errno != EEXIST)
		return -errno;
	fd = open(LOOP_NODE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	unlink(LOOP_NODE);
	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return -errno;
	/* One that has been told to goes with its last user: to tell it again is no progress. */
	if (!is_ours(&info, loop->file, loop->devices) || info.lo_flags & LO_FLAGS_AUTOCLEAR)
		return -ENXIO;
	return ioctl(fd, LOOP_CLR_FD) < 0 ? -errno : 0;
}

static bool release_loop(int dir, const char *name, const char *below, const struct in_use *devices)
{
	char file[PATH_MAX], number[32];
	struct loop_work loop = {.file = file, .devices = devices};
	const struct delegate_work work = {.run = run_clear, .data = &loop, .give_fd = -1};
	int r;

	if (!read_line(dir, name, "loop/backing_file", file, sizeof(file)) ||
	    (below && !is_below(file, below)) ||
	    !read_line(dir, name, "dev", number, sizeof(number)) ||
	    proc_device(number, &loop.number) < 0)
		return false;
	r = delegate(&work);
	if (r < 0 && r != -ENXIO)
		log_warning("cannot release '%s', a loop device: %s", name, strerror(-r));
	return r == 0;
}

size_t leftovers_release_loops(const char *below, const struct in_use *devices)
{
	size_t gone = 0;
	struct dirent *entry;
	DIR *dir;

	if (mkdir(SYSFS, 0700) < 0 && errno != EEXIST)
		return 0;
	if (mount("sysfs", SYSFS, "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return 0;
	dir = opendir(SYSFS "/block");
	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, "loop", 4) == 0)
			gone += release_loop(dirfd(dir), entry->d_name, below, devices);
	if (dir)
		closedir(dir);
	umount2(SYSFS, MNT_DETACH);
	return gone;
}

size_t leftovers_release(const char *below, const struct in_use *devices)
{
	return release_swap(below) + leftovers_release_loops(below, devices);
}

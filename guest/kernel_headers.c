/* SPDX-License-Identifier: MIT */
/*
 * The running kernel's headers, for modules that are built in the guest.
 *
 * They are unpacked beside their place and then renamed into it, so that a boot
 * that is cut off leaves no half of them. Headers of other kernels, which the
 * image may have, are none of init's business.
 */
#include "kernel_headers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "beneath.h"
#include "carried_file.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "newc_reader.h"
#include "remove_tree.h"
#include "unpack.h"

#define CARRIED "/vmconfig/kernel-headers.cpio" /* in the initrd */
#define PARENT  "/usr/src"
#define SPARE   ".vmconfig-headers-new"

static int remove_spare(int parent_fd)
{
	int fd = openat(parent_fd, SPARE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		remove_contents(fd);
	else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		return -errno;
	if (unlinkat(parent_fd, SPARE, fd >= 0 ? AT_REMOVEDIR : 0) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

static int make_spare(int parent_fd)
{
	int r = remove_spare(parent_fd), fd;

	if (r < 0 || mkdirat(parent_fd, SPARE, 0755) < 0)
		return r < 0 ? r : -errno;
	fd = openat(parent_fd, SPARE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int unpack_to(struct guest *g, int parent_fd, const struct carried_file *carried,
                     const char *name)
{
	struct newc archive = {.data = carried->data, .size = carried->size};
	_cleanup_fd_ int spare = make_spare(parent_fd);
	const char *failed = NULL;
	int r = spare < 0 ? spare : unpack(&archive, spare, &failed);

	if (r == 0 && renameat(parent_fd, SPARE, parent_fd, name) < 0)
		r = -errno;
	if (r == 0)
		return 0;
	remove_spare(parent_fd);
	if (failed)
		return guest_error(g, -r, "cannot unpack '%.200s' of the kernel headers", failed);
	return guest_error(g, -r, "cannot unpack the kernel headers");
}

/* What "make -C /lib/modules/VERSION/build" goes by. A directory in its place is left. */
static int link_build(struct guest *g, const char *version, const char *target)
{
	char path[sizeof(struct utsname)];
	const char *name;
	_cleanup_fd_ int dir_fd = -1;
	int r;

	snprintf(path, sizeof(path), "/lib/modules/%s/build", version);
	dir_fd = beneath_parent(g->root_fd, path, &name);
	r = dir_fd < 0 ? dir_fd : 0;
	if (r == 0 && unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT && errno != EISDIR)
		r = -errno;
	if (r == 0 && symlinkat(target, dir_fd, name) < 0 && errno != EEXIST)
		r = -errno;
	return r < 0 ? guest_error(g, -r, "cannot make the link '%s'", path) : 0;
}

static int install(struct guest *g, const struct carried_file *carried)
{
	_cleanup_fd_ int parent_fd = beneath_mkdirs(g->root_fd, PARENT, 0755);
	char target[sizeof(struct utsname)];
	struct utsname kernel;
	struct stat st;
	const char *name;
	int r;

	if (parent_fd < 0)
		return guest_error(g, -parent_fd, "cannot make '%s'", PARENT);
	if (uname(&kernel) < 0)
		return guest_error(g, errno, "cannot ask the kernel for its version");
	snprintf(target, sizeof(target), PARENT "/linux-headers-%s", kernel.release);
	name = target + strlen(PARENT "/");
	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		log_debug("kernel headers: '%s' is there", target);
		return link_build(g, kernel.release, target);
	}
	r = unpack_to(g, parent_fd, carried, name);
	return r < 0 ? r : link_build(g, kernel.release, target);
}

int kernel_headers_install(struct guest *g)
{
	const char *path = g->config.kernel_headers ? g->config.kernel_headers->path : CARRIED;
	struct carried_file carried;
	int r;

	if (g->config.skip_kernel_headers)
		return 0;
	r = carried_file_open(&carried, path);
	if (r == -ENOENT && !g->config.kernel_headers)
		return 0;
	if (r < 0)
		return guest_error(g, -r, "cannot read the initrd's '%s'", path);
	r = install(g, &carried);
	carried_file_close(&carried);
	return r;
}

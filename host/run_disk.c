/* SPDX-License-Identifier: MIT */
/* The config disk of a run. */
#include "run_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"
#include "disk.h"
#include "error.h"
#include "request.h"

/* Write the disk, open it, and take its name away again. */
static int make_in(const char *dir, const char *json, size_t length)
{
	_cleanup_free_ char *path = NULL;
	int fd = -1, r;

	if (asprintf(&path, "%s/config.img", dir) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "cannot make the config disk");
	}
	r = disk_write(path, DISK_EXT4, json, length);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? fail_errno(errno, "cannot open '%s'", path) : fd;
	unlink(path);
	return r;
}

static const char *scratch_directory(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir && *dir == '/' && access(dir, W_OK | X_OK) == 0)
		return dir;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

int run_disk_make(struct request *r)
{
	_cleanup_free_ char *json = NULL;
	_cleanup_free_ char *dir = NULL;
	size_t length;
	int result = request_render(r, COMPAT_NONE, &json, &length);

	if (result < 0)
		return result;
	if (asprintf(&dir, "%s/vmconfig-XXXXXX", scratch_directory()) < 0) {
		dir = NULL;
		return fail_errno(ENOMEM, "cannot make the config disk");
	}
	if (!mkdtemp(dir))
		return fail_errno(errno, "cannot make directory '%s'", dir);
	result = make_in(dir, json, length);
	rmdir(dir);
	return result;
}

/* SPDX-License-Identifier: MIT */
/* The config disk of a run. */
#include "run_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "cleanup.h"
#include "disk.h"
#include "error.h"
#include "fill_file.h"
#include "request.h"
#include "scratch_file.h"

const char *run_scratch_directory(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	if (dir && *dir == '/' && access(dir, W_OK | X_OK) == 0)
		return dir;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

/*
 * The initrd comes first. Archives begin at a multiple of four bytes, and the
 * kernel passes over zeros before them.
 */
static int copy_initrd(const char *path, int to)
{
	_cleanup_fd_ int from = open(path, O_RDONLY | O_CLOEXEC);
	off_t length;
	ssize_t n;

	if (from < 0)
		return fail_errno(errno, "cannot read initrd '%s'", path);
	do
		n = sendfile(to, from, NULL, (size_t)1 << 24);
	while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return fail_errno(errno, "cannot copy initrd '%s'", path);
	length = lseek(to, 0, SEEK_CUR);
	if (length < 0 || lseek(to, -length & 3, SEEK_CUR) < 0)
		return fail_errno(errno, "cannot copy initrd '%s'", path);
	return 0;
}

int run_disk_make(struct request *r, enum disk_form form)
{
	_cleanup_free_ char *json = NULL;
	_cleanup_fd_ int writer = -1, reader = -1;
	struct disk_image image;
	size_t length;
	int result = request_render(r, COMPAT_NONE, &json, &length);

	if (result < 0)
		return result;
	result = disk_make(form, json, length, &image);
	if (result < 0)
		return result;
	writer = scratch_file(run_scratch_directory(), &reader);
	result = writer < 0 ? writer : 0;
	if (result == 0 && form == DISK_CPIO)
		result = copy_initrd(r->vm.initrd, writer);
	if (result == 0) {
		result = fill_file(writer, image.bytes, image.size);
		if (result < 0)
			fail_errno(-result, "cannot make the config disk");
	}
	free(image.bytes);
	return result < 0 ? result : steal_fd(&reader);
}

/* SPDX-License-Identifier: MIT */
/* The config disk of a run. */
#include "run_disk.h"

#include <stdlib.h>
#include <unistd.h>

#include "cleanup.h"
#include "disk.h"
#include "error.h"
#include "fill_file.h"
#include "request.h"
#include "scratch_file.h"

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
	_cleanup_fd_ int writer = -1, reader = -1;
	struct disk_image image;
	size_t length;
	int result = request_render(r, COMPAT_NONE, &json, &length);

	if (result < 0)
		return result;
	result = disk_make(DISK_EXT4, json, length, &image);
	if (result < 0)
		return result;
	writer = scratch_file(scratch_directory(), &reader);
	result = writer < 0 ? writer : 0;
	if (result == 0) {
		result = fill_file(writer, image.bytes, image.size);
		if (result < 0)
			fail_errno(-result, "cannot make the config disk");
	}
	free(image.bytes);
	return result < 0 ? result : steal_fd(&reader);
}

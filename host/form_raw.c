/* SPDX-License-Identifier: MIT */
/* The raw form: a frame's header, the config, zeros to the end of the sector. Smallest, and read
 * without a filesystem. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "disk_form.h"
#include "error.h"
#include "frame.h"

static int make(const char *json, size_t length, struct disk_image *image)
{
	size_t used = FRAME_BYTES + length;
	int r = disk_allocate(image, (used + FRAME_SECTOR - 1) / FRAME_SECTOR * FRAME_SECTOR);

	if (r < 0)
		return r;
	frame_encode(image->bytes, FRAME_BYTES, json, length);
	memcpy(image->bytes + FRAME_BYTES, json, length);
	return 0;
}

int disk_read_frame(const struct disk_source *source, char **json, size_t *length)
{
	unsigned char start[FRAME_SEARCH];
	ssize_t n = pread(source->fd, start, sizeof(start), 0);
	struct frame frame;
	int r;

	if (n < 0)
		return fail_errno(errno, "cannot read '%s'", source->path);
	r = frame_find(start, (size_t)n, &frame);
	if (r == -ENODATA)
		return 1;
	if (r == 0)
		r = disk_read_at(source, frame.offset, (size_t)frame.length, json);
	else
		return fail("%s: %s", source->path, frame_error(r));
	if (r < 0)
		return r;
	*length = (size_t)frame.length;
	return frame_check(&frame, *json) < 0 ? fail("%s: %s", source->path, frame_error(-EBADMSG))
	                                      : 0;
}

const struct disk_form_row form_raw = {"raw", make, disk_read_frame};

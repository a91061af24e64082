/* SPDX-License-Identifier: MIT */
/* Reading and writing all of something. */
#include "whole.h"

#include <errno.h>
#include <unistd.h>

#define HERE (-1) /* for an offset */

static int put(int fd, const char *data, size_t length, off_t offset)
{
	while (length) {
		ssize_t n =
		    offset == HERE ? write(fd, data, length) : pwrite(fd, data, length, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		data += n;
		length -= (size_t)n;
		if (offset != HERE)
			offset += n;
	}
	return 0;
}

static ssize_t get(int fd, char *data, size_t length, off_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = offset == HERE
		                ? read(fd, data + done, length - done)
		                : pread(fd, data + done, length - done, offset + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int write_whole(int fd, const void *data, size_t length)
{
	return put(fd, data, length, HERE);
}

int write_whole_at(int fd, const void *data, size_t length, uint64_t offset)
{
	return put(fd, data, length, (off_t)offset);
}

ssize_t read_whole(int fd, void *data, size_t length)
{
	return get(fd, data, length, HERE);
}

ssize_t read_whole_at(int fd, void *data, size_t length, uint64_t offset)
{
	return get(fd, data, length, (off_t)offset);
}

/* SPDX-License-Identifier: MIT */
/* Writing all of something at a place in a file. */
#include "write_at.h"

#include <errno.h>
#include <unistd.h>

int write_at(int fd, const void *data, size_t length, uint64_t offset)
{
	const char *from = data;

	while (length) {
		ssize_t n = pwrite(fd, from, length, (off_t)offset);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			from += n;
			offset += (uint64_t)n;
			length -= (size_t)n;
		}
	}
	return 0;
}

int writev_at(int fd, struct iovec *pieces, size_t count, uint64_t offset)
{
	while (count) {
		ssize_t n = pwritev(fd, pieces, (int)count, (off_t)offset);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		offset += (uint64_t)n;
		while (count && (size_t)n >= pieces->iov_len) {
			n -= (ssize_t)pieces->iov_len;
			pieces++;
			count--;
		}
		if (count && n) {
			pieces->iov_base = (char *)pieces->iov_base + n;
			pieces->iov_len -= (size_t)n;
		}
	}
	return 0;
}

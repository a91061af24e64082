/* SPDX-License-Identifier: MIT */
/* Writing all of many pieces at a place in a file. */
#include "writev_at.h"

#include <errno.h>
#include <unistd.h>

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

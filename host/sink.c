/* SPDX-License-Identifier: MIT */
/* Where bytes go. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void sink_init(struct sink *s, int fd)
{
	*s = (struct sink){.fd = fd, .piece = SSIZE_MAX};
}

void sink_open_inherited(struct sink *s, int fd)
{
	char path[32];
	struct stat st;

	*s = (struct sink){.fd = fd, .piece = PIPE_BUF};
	if (fstat(fd, &st) < 0)
		return; /* the first write will say why */
	if (S_ISREG(st.st_mode))
		s->piece = SSIZE_MAX; /* poll(2) and O_NONBLOCK mean nothing there */
	if (!S_ISFIFO(st.st_mode) && !isatty(fd))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		*s = (struct sink){.fd = fd, .owned = true, .piece = SSIZE_MAX};
}

size_t sink_write(struct sink *s, const void *bytes, size_t length)
{
	ssize_t n;

	if (s->error)
		return 0;
	n = write(s->fd, bytes, length < s->piece ? length : s->piece);
	if (n >= 0)
		return (size_t)n;
	if (errno != EAGAIN && errno != EINTR)
		s->error = errno;
	return 0;
}

void sink_release(struct sink *s)
{
	if (s->owned)
		close(s->fd);
	*s = (struct sink){.fd = -1};
}

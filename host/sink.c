/* SPDX-License-Identifier: MIT */
/* Where bytes go. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
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

	*s = (struct sink){.fd = fd, .piece = SSIZE_MAX};
	if (fstat(fd, &st) < 0)
		return; /* the first write will say why */
	s->socket = S_ISSOCK(st.st_mode);
	if (!S_ISFIFO(st.st_mode) && !isatty(fd))
		return;
	s->piece = PIPE_BUF;
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
	if (length > s->piece)
		length = s->piece;
	n = s->socket ? send(s->fd, bytes, length, MSG_DONTWAIT) : write(s->fd, bytes, length);
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

/* SPDX-License-Identifier: MIT */
/* The report channel's way from the keeper to the last stage, through a socket. */
#include "relief.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cleanup.h"

#define MAX_FDS  64 /* the port and pins; SCM_MAX_FD is 253 */
#define LIMIT_S  5
#define MAX_PINS (MAX_FDS - 1)

/* What goes with the descriptors: the port first, if there is one, then the pins. */
struct relief {
	bool has_port;
	bool host_counts;
	bool host_missing;
	bool no_port;
	char nonce[sizeof(((struct account *)0)->nonce)];
};

static int open_socket(const char *path, struct sockaddr_un *address, int flags)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
}

int relief_listen(const char *path)
{
	struct sockaddr_un address;
	_cleanup_fd_ int fd = open_socket(path, &address, SOCK_NONBLOCK);
	mode_t mask = umask(077);
	int r;

	r = fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	            listen(fd, 4) < 0
	        ? -errno
	        : 0;
	umask(mask);
	return r < 0 ? r : steal_fd(&fd);
}

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(MAX_FDS * sizeof(int))];
};

static bool send_all(int fd, struct relief *relief, const int *fds, size_t count)
{
	union control control = {0};
	struct iovec iov = {.iov_base = relief, .iov_len = sizeof(*relief)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	if (count) {
		struct cmsghdr *c;

		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*relief);
}

bool relief_give(int listener, const struct account *a, const struct pins *pins)
{
	_cleanup_fd_ int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct relief relief = {.has_port = a->port >= 0,
	                        .host_counts = a->host_counts,
	                        .host_missing = a->host_missing,
	                        .no_port = a->no_port};
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fds[MAX_FDS];
	size_t count = 0;

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.pid != 1)
		return false;
	memcpy(relief.nonce, a->nonce, sizeof(relief.nonce));
	if (relief.has_port)
		fds[count++] = a->port;
	for (size_t i = 0; i < pins->count && i < MAX_PINS; i++)
		fds[count++] = pins->items[i];
	return send_all(fd, &relief, fds, count);
}

static size_t descriptors_of(struct msghdr *message, int *fds)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t bytes = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds, CMSG_DATA(c), bytes);
		return bytes / sizeof(int);
	}
	return 0;
}

static int receive(int fd, struct account *a, struct pins *pins)
{
	union control control = {0};
	struct relief relief = {0};
	struct iovec iov = {.iov_base = &relief, .iov_len = sizeof(relief)};
	struct msghdr message = {.msg_iov = &iov,
	                         .msg_iovlen = 1,
	                         .msg_control = &control,
	                         .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	int fds[MAX_FDS];
	size_t count, first = 0;

	if (n != (ssize_t)sizeof(relief))
		return n < 0 ? -errno : -EPROTO;
	count = descriptors_of(&message, fds);
	relief.nonce[sizeof(relief.nonce) - 1] = '\0';
	memcpy(a->nonce, relief.nonce, sizeof(a->nonce));
	a->host_counts = relief.host_counts;
	a->host_missing = relief.host_missing;
	a->no_port = relief.no_port;
	if (relief.has_port && count)
		a->port = fds[first++];
	pins->items = count > first ? calloc(count - first, sizeof(int)) : NULL;
	for (; pins->items && first < count; first++)
		pins->items[pins->count++] = fds[first];
	return 0;
}

int relief_take(const char *path, struct account *a, struct pins *pins)
{
	const struct timeval limit = {.tv_sec = LIMIT_S};
	struct sockaddr_un address;
	_cleanup_fd_ int fd = open_socket(path, &address, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return receive(fd, a, pins);
}

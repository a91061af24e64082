/* SPDX-License-Identifier: MIT */
/* Where a guest without ports connects to report. */
#include "report_door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "cleanup.h"
#include "unix_socket.h"

#define BACKLOG 16

static int vsock_listen(uint32_t port)
{
	const struct sockaddr_vm address = {
	    .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = port};
	_cleanup_fd_ int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return -errno;
	return steal_fd(&fd);
}

int report_door_open(struct report_door *d, uint32_t cid, uint32_t port, const char *path,
                     const char *nonce)
{
	*d = (struct report_door){.cid = cid};
	for (size_t i = 0; i < DOOR_CALLERS; i++)
		d->callers[i].fd = -1;
	d->length = (size_t)snprintf(d->expected, sizeof(d->expected), VSOCK_NONCE_LINE, nonce);
	d->listener = d->length < sizeof(d->expected) ? 0 : -EINVAL;
	if (d->listener == 0)
		d->listener = cid ? vsock_listen(port) : unix_listen(path);
	return d->listener < 0 ? d->listener : 0;
}

void report_door_poll(const struct report_door *d, struct pollfd fds[DOOR_POLLS])
{
	fds[0] = (struct pollfd){.fd = d ? d->listener : -1, .events = POLLIN};
	for (size_t i = 0; i < DOOR_CALLERS; i++)
		fds[1 + i] = (struct pollfd){.fd = d ? d->callers[i].fd : -1, .events = POLLIN};
}

static void turn_away(struct door_caller *c)
{
	if (c->fd >= 0)
		close(steal_fd(&c->fd));
	c->length = 0;
}

/* Other guests of this host reach the same port, and so do its own programs. */
static bool comes_from(const struct sockaddr_vm *address, socklen_t size, uint32_t cid)
{
	return !cid || (size >= sizeof(*address) && address->svm_family == AF_VSOCK &&
	                address->svm_cid == cid);
}

/* In the place of who has said nothing for longest. */
static void let_in(struct report_door *d)
{
	union {
		struct sockaddr any;
		struct sockaddr_vm vsock;
		struct sockaddr_storage room;
	} address = {0};
	socklen_t size = sizeof(address);
	_cleanup_fd_ int fd =
	    accept4(d->listener, &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct door_caller *c = &d->callers[d->next];

	if (fd < 0 || !comes_from(&address.vsock, size, d->cid))
		return;
	turn_away(c);
	c->fd = steal_fd(&fd);
	d->next = (d->next + 1) % DOOR_CALLERS;
}

/* In the same time, whatever the difference is. */
static bool is_same(const char *a, const char *b, size_t length)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return !difference;
}

/* Not a byte more is read than shows who it is: what follows is for whoever takes the connection.
 * Return: whether it has been shown. */
static bool hear(const struct report_door *d, struct door_caller *c)
{
	ssize_t n = read(c->fd, c->text + c->length, d->length - c->length);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0)
		c->length += (size_t)n;
	if (n > 0 && c->length < d->length)
		return false;
	if (n > 0 && is_same(c->text, d->expected, d->length))
		return true;
	turn_away(c);
	return false;
}

int report_door_pump(struct report_door *d, const struct pollfd fds[DOOR_POLLS])
{
	if (fds[0].revents)
		let_in(d);
	for (size_t i = 0; i < DOOR_CALLERS; i++) {
		struct door_caller *c = &d->callers[i];

		if (c->fd < 0 || !hear(d, c))
			continue;
		c->length = 0;
		return steal_fd(&c->fd);
	}
	return -1;
}

bool report_door_is_quiet(const struct report_door *d)
{
	struct pollfd fds[DOOR_POLLS];

	report_door_poll(d, fds);
	for (size_t i = 0; i < DOOR_CALLERS; i++)
		if (d->callers[i].fd >= 0)
			return false;
	return poll(fds, 1, 0) <= 0;
}

void report_door_turn_away(struct report_door *d)
{
	for (size_t i = 0; i < DOOR_CALLERS; i++)
		turn_away(&d->callers[i]);
}

void report_door_close(struct report_door *d)
{
	report_door_turn_away(d);
	if (d->listener >= 0)
		close(steal_fd(&d->listener));
}

/* SPDX-License-Identifier: MIT */
/* A connection to the host over vsock. */
#include "vsock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"
#include "port.h"
#include "runtime_file.h"
#include "vmconfig.h"

#define NOTE         "run/initramfs/vsock" /* beside the last stage */
#define VIRTIO_VSOCK 19                    /* VIRTIO_ID_VSOCK */
/* The kernel's own limit is 2, which a machine in a machine may take. */
#define CONNECT_S  30
#define CONNECT_US (CONNECT_S * INT64_C(1000000))
#define MAX_HELLO  (sizeof(VSOCK_NONCE_LINE) + MAX_NONCE)

/* It waits in the kernel: no signal is let through, and the host may not answer. */
static int connect_to_host(int fd, unsigned port)
{
	const struct timeval limit = {.tv_sec = CONNECT_S};
	const struct sockaddr_vm host = {
	    .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = port};
	int r;

	setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &limit, sizeof(limit));
	boot_watch_until(clock_us() + CONNECT_US);
	r = connect(fd, (const struct sockaddr *)&host, sizeof(host)) < 0 ? -errno : 0;
	boot_watch_until(0);
	return r == -ENODEV ? -ENOENT : r;
}

bool vsock_is_asked_for(const struct report *report, struct vsock_place *place)
{
	if (!report || !report->channel || strcmp(report->channel, "vsock") != 0)
		return false;
	place->port = report->port.set ? (unsigned)report->port.value : VSOCK_REPORT_PORT;
	place->nonce = report->nonce ? report->nonce : "";
	return true;
}

int vsock_open(const struct vsock_place *place)
{
	_cleanup_fd_ int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char line[MAX_HELLO];
	int r;

	if (fd < 0)
		return errno == EAFNOSUPPORT ? -ENOENT : -errno;
	r = connect_to_host(fd, place->port);
	if (r < 0)
		return r;
	/* Nobody's buffer is full of that. */
	r = snprintf(line, sizeof(line), VSOCK_NONCE_LINE, place->nonce);
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || write(fd, line, (size_t)r) != r)
		return -ECONNRESET;
	return steal_fd(&fd);
}

static int open_place(const void *what)
{
	return vsock_open(what);
}

int vsock_wait(const struct vsock_place *place, int64_t deadline_us)
{
	return port_wait_for(open_place, place, VIRTIO_VSOCK, deadline_us);
}

int vsock_note(int root_fd, const struct vsock_place *place)
{
	struct runtime_file f;

	runtime_file_begin(&f);
	runtime_file_put(&f, "%u %s", place->port, place->nonce);
	return runtime_file_end(&f, root_fd, NOTE, 0600);
}

int vsock_open_noted(int root_fd, char nonce[MAX_NONCE + 1])
{
	_cleanup_fd_ int fd = openat(root_fd, NOTE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct vsock_place place = {.nonce = nonce};
	char text[96];
	ssize_t n;
	char *end;

	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return -ENODATA;
	text[n] = '\0';
	place.port = (unsigned)strtoul(text, &end, 10);
	snprintf(nonce, MAX_NONCE + 1, "%s", end + (*end == ' '));
	return vsock_open(&place);
}

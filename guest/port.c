/* SPDX-License-Identifier: MIT */
/* virtio-serial ports, by the name that the VMM gave them. */
#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "clock.h"
#include "uevent.h"

#define PORTS          "/sys/class/virtio-ports"
#define VIRTIO_DEVICES "/sys/bus/virtio/devices"
#define VIRTIO_CONSOLE 3 /* VIRTIO_ID_CONSOLE */

static bool file_says(const char *dir, const char *entry, const char *file, const char *wanted)
{
	char path[384], value[128];
	_cleanup_fd_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, entry, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, value, sizeof(value) - 1);
	if (n <= 0)
		return false;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return strcmp(value, wanted) == 0;
}

int port_open(const char *name)
{
	char node[300] = "";
	struct dirent *entry;
	DIR *dir = opendir(PORTS);
	_cleanup_fd_ int fd = -1;

	if (!dir)
		return -ENOENT;
	while ((entry = readdir(dir)) && !node[0])
		if (entry->d_name[0] != '.' && file_says(PORTS, entry->d_name, "name", name))
			snprintf(node, sizeof(node), "/dev/%s", entry->d_name);
	closedir(dir);
	if (!node[0])
		return -ENOENT;
	fd = open(node, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fcntl(fd, F_SETOWN, getpid()) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
		return -errno;
	return steal_fd(&fd);
}

static bool has_device(unsigned id)
{
	char wanted[16];
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir(VIRTIO_DEVICES);

	if (!dir)
		return false;
	snprintf(wanted, sizeof(wanted), "0x%04x", id);
	while ((entry = readdir(dir)) && !found)
		found = file_says(VIRTIO_DEVICES, entry->d_name, "device", wanted);
	closedir(dir);
	return found;
}

int port_wait_for(int (*open)(const void *what), const void *what, unsigned device,
                  int64_t deadline_us)
{
	_cleanup_fd_ int events = -1;
	int fd;

	while ((fd = open(what)) == -ENOENT) {
		int r;

		if (!has_device(device))
			return -ENOENT;
		r = uevent_wait(&events, deadline_us);
		if (r <= 0)
			return r < 0 ? r : -ENOENT;
	}
	return fd;
}

static int open_named(const void *what)
{
	return port_open(what);
}

int port_wait(const char *name, int64_t deadline_us)
{
	return port_wait_for(open_named, name, VIRTIO_CONSOLE, deadline_us);
}

bool port_is_held(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & POLLHUP) &&
	       !(poll_fd.revents & POLLOUT);
}

static bool deadline_wait_signal(int number, int64_t deadline_us)
{
	int left = clock_left_ms(deadline_us);
	const struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	return sigtimedwait(&set, NULL, &timeout) > 0;
}

bool port_wait_writable(int fd, int64_t deadline_us)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	for (;;) {
		if (poll(&poll_fd, 1, clock_left_ms(deadline_us)) <= 0)
			return false;
		if (!port_is_held(fd))
			return true;
		/* There may always be another: whoever may send SIGIO to init can do it all the
		 * time. */
		if (!deadline_wait_signal(SIGIO, deadline_us) || clock_us() >= deadline_us)
			return false;
	}
}

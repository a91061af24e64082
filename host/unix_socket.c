/* SPDX-License-Identifier: MIT */
/* Sockets in the file system. */
#include "unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cleanup.h"

#define BACKLOG      16
#define HTTP_SECONDS 10
#define MAX_ANSWER   (64u << 10)

static int set_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

int unix_connect(const char *path, int seconds)
{
	struct timeval limit = {.tv_sec = seconds};
	struct sockaddr_un address;
	_cleanup_fd_ int fd = -1;
	int r = set_address(&address, path);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

int unix_listen(const char *path)
{
	struct sockaddr_un address;
	_cleanup_fd_ int fd = -1;
	mode_t mask;
	int r = set_address(&address, path);

	if (r < 0)
		return r;
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	umask(mask);
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	return r < 0 ? r : steal_fd(&fd);
}

static int send_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = send(fd, text, length, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* Whether an answer is whole; @text has a NUL at its end. */
static bool is_whole(const char *text, size_t length)
{
	const char *end = strstr(text, "\r\n\r\n"), *line;
	unsigned long body = 0;

	if (!end)
		return false;
	for (line = strstr(text, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, "content-length:", 15) == 0)
			body = strtoul(line + 17, NULL, 10);
	return length - (size_t)(end + 4 - text) >= body;
}

static int read_answer(int fd, char *text, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t n = recv(fd, text + length, size - 1 - length, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
		text[length] = '\0';
		if (is_whole(text, length))
			break;
	}
	return length ? 0 : -ECONNRESET;
}

static int exchange(int fd, const char *request, char *answer, size_t size)
{
	_cleanup_free_ char *text = calloc(1, MAX_ANSWER);
	const char *body;
	int status, r;

	if (!text)
		return -ENOMEM;
	r = send_all(fd, request, strlen(request));
	if (r == 0)
		r = read_answer(fd, text, MAX_ANSWER);
	if (r < 0)
		return r;
	if (strncmp(text, "HTTP/1.", 7) != 0 || strlen(text) < 12)
		return -EPROTO;
	status = (int)strtol(text + 9, NULL, 10);
	body = strstr(text, "\r\n\r\n");
	if (answer)
		snprintf(answer, size, "%s", body ? body + 4 : "");
	return status;
}

int http_request(const char *path, const char *method, const char *target, const char *body,
                 char *answer, size_t size)
{
	_cleanup_fd_ int fd = unix_connect(path, HTTP_SECONDS);
	_cleanup_free_ char *request = NULL;

	if (fd < 0)
		return fd;
	if (asprintf(&request,
	             "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
	             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	             method, target, body ? strlen(body) : 0, body ? body : "") < 0) {
		request = NULL;
		return -ENOMEM;
	}
	return exchange(fd, request, answer, size);
}

/* SPDX-License-Identifier: MIT */
/* QEMU's machine protocol. */
#include "qmp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "cleanup.h"
#include "error.h"
#include "unix_socket.h"

#define LIMIT_S 10 /* for an answer, and for the guest */

struct qmp {
	const char *path;
	int fd;
	char buffer[16384];
	size_t length;
};

static void cleanup_json(cJSON **json)
{
	cJSON_Delete(*json);
}

#define _cleanup_json_ _cleanup_(cleanup_json)

/* The next line as JSON, for cJSON_Delete(); NULL: none came. */
static cJSON *next_line(struct qmp *q)
{
	for (;;) {
		char *end = memchr(q->buffer, '\n', q->length);
		ssize_t n;

		if (end) {
			cJSON *json = cJSON_ParseWithLength(q->buffer, (size_t)(end - q->buffer));

			q->length -= (size_t)(end + 1 - q->buffer);
			memmove(q->buffer, end + 1, q->length);
			return json;
		}
		if (q->length == sizeof(q->buffer))
			return NULL;
		n = recv(q->fd, q->buffer + q->length, sizeof(q->buffer) - q->length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		q->length += (size_t)n;
	}
}

/* Ask, and wait for the answer; events that come in between are of no interest. */
static cJSON *ask(struct qmp *q, const char *command)
{
	if (send(q->fd, command, strlen(command), MSG_NOSIGNAL) != (ssize_t)strlen(command)) {
		fail_errno(errno, "cannot ask '%s'", q->path);
		return NULL;
	}
	for (;;) {
		cJSON *line = next_line(q);
		const cJSON *error = cJSON_GetObjectItemCaseSensitive(line, "error");

		if (!line)
			fail("'%s' does not answer", q->path);
		else if (error)
			fail("'%s' says: %s", q->path,
			     cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(error, "desc")));
		else if (cJSON_GetObjectItemCaseSensitive(line, "return"))
			return line;
		if (!line || error) {
			cJSON_Delete(line);
			return NULL;
		}
		cJSON_Delete(line);
	}
}

static int tell(struct qmp *q, const char *command)
{
	cJSON *answer = ask(q, command);

	cJSON_Delete(answer);
	return answer ? 0 : -EPROTO;
}

static int query(struct qmp *q, int64_t *bytes)
{
	_cleanup_json_ cJSON *answer = ask(q, "{\"execute\":\"query-balloon\"}\n");
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(
	    cJSON_GetObjectItemCaseSensitive(answer, "return"), "actual");

	if (!answer)
		return -EPROTO;
	if (!cJSON_IsNumber(value) || !(value->valuedouble >= 0 && value->valuedouble < 0x1p53))
		return fail("'%s' does not say how large the balloon is", q->path);
	*bytes = (int64_t)value->valuedouble;
	return 0;
}

/* QEMU tells of each change by an event: ask again after one, until it is as wanted. */
static int wait_until(struct qmp *q, int64_t wanted, int64_t *actual)
{
	time_t deadline = time(NULL) + LIMIT_S;
	int r = query(q, actual);

	while (r == 0 && *actual != wanted && time(NULL) < deadline) {
		_cleanup_json_ cJSON *event = next_line(q);

		if (!event)
			break; /* nothing changes any more */
		r = query(q, actual);
	}
	return r;
}

static int set(struct qmp *q, int64_t *bytes)
{
	_cleanup_json_ cJSON *greeting = next_line(q);
	char command[96];
	int r;

	if (!cJSON_GetObjectItemCaseSensitive(greeting, "QMP"))
		return fail("'%s' is no QEMU's", q->path);
	snprintf(command, sizeof(command),
	         "{\"execute\":\"balloon\",\"arguments\":{\"value\":%lld}}\n", (long long)*bytes);
	r = tell(q, "{\"execute\":\"qmp_capabilities\"}\n");
	if (r == 0)
		r = tell(q, command);
	return r < 0 ? r : wait_until(q, *bytes, bytes);
}

int qmp_set_balloon(const char *socket, int64_t *bytes)
{
	_cleanup_fd_ int fd = unix_connect(socket, LIMIT_S);
	struct qmp q = {.path = socket, .fd = fd};

	if (fd < 0)
		return fail_errno(-fd, "cannot connect to '%s'", socket);
	return set(&q, bytes);
}

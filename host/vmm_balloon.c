/* SPDX-License-Identifier: MIT */
/* Balloons: by QMP, by HTTP, and by programs that come with the VMM. */
#include "vmm_balloon.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "attend.h"
#include "cleanup.h"
#include "error.h"
#include "option.h"
#include "qmp.h"
#include "read_file.h"
#include "replace_file.h"
#include "tool.h"
#include "unix_socket.h"
#include "vmm_kind.h"

#define MIB (INT64_C(1) << 20)
/* No machine has as much; what says so is wrong, and sums with it are exact. */
#define MAX_BYTES (INT64_C(1) << 52)
#define LIMIT_S   10 /* for a program to be answered, as for a socket */

/* In the state directory: how large kvmtool's balloon is, and since when the machine runs. */
#define BALLOON_FILE "balloon-mib"
#define START_SIZE   80

static int ask(const struct vmm_kind *kind, const char *method, const char *path, const char *body,
               char *answer, size_t size)
{
	int status = http_request(kind->socket, method, path, body, answer, size);

	if (status < 0)
		return fail_errno(-status, "cannot ask '%s'", kind->socket);
	return status / 100 == 2 ? 0 : fail("'%s' answers with status %d", kind->socket, status);
}

/* The number @name of an object, or of one of the objects in it. */
static const cJSON *find_number(const cJSON *object, const char *name)
{
	const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name), *child;

	if (cJSON_IsNumber(number))
		return number;
	cJSON_ArrayForEach(child, object)
	{
		number = cJSON_GetObjectItemCaseSensitive(child, name);
		if (cJSON_IsNumber(number))
			return number;
	}
	return NULL;
}

/* The number @name of an answer, or of the part @parent of its "config". */
static int number_of(const struct vmm_kind *kind, const char *text, const char *parent,
                     const char *name, int64_t *value)
{
	cJSON *root = cJSON_Parse(text);
	const cJSON *node = root, *number;

	if (parent)
		node = cJSON_GetObjectItemCaseSensitive(
		    cJSON_GetObjectItemCaseSensitive(node, "config"), parent);
	number = find_number(node, name);
	if (number && !(number->valuedouble >= 0 && number->valuedouble <= MAX_BYTES))
		number = NULL;
	if (number)
		*value = (int64_t)number->valuedouble;
	cJSON_Delete(root);
	return number ? 0 : fail("'%s' does not say how large the balloon is", kind->socket);
}

static int set_by_qmp(const struct balloon_change *c, int64_t *actual)
{
	int64_t bytes = c->mib * MIB;
	int r = qmp_set_balloon(c->kind->socket, &bytes);

	*actual = bytes / MIB;
	return r;
}

static int set_cloud_hypervisor(const struct balloon_change *c, int64_t *actual)
{
	char body[64], answer[16384];
	int64_t size, left;
	int r;

	snprintf(body, sizeof(body), "{\"desired_balloon\":%" PRId64 "}", c->mib * MIB);
	r = ask(c->kind, "PUT", "/api/v1/vm.resize", body, NULL, 0);
	if (r == 0)
		r = ask(c->kind, "GET", "/api/v1/vm.info", NULL, answer, sizeof(answer));
	if (r == 0)
		r = number_of(c->kind, answer, "memory", "size", &size);
	if (r == 0)
		r = number_of(c->kind, answer, NULL, "memory_actual_size", &left);
	if (r == 0)
		*actual = (size - left) / MIB;
	return r;
}

static int set_firecracker(const struct balloon_change *c, int64_t *actual)
{
	char body[64], answer[4096];
	int r;

	snprintf(body, sizeof(body), "{\"amount_mib\":%" PRId64 "}", c->mib);
	r = ask(c->kind, "PATCH", "/balloon", body, NULL, 0);
	if (r == 0)
		r = ask(c->kind, "GET", "/balloon", NULL, answer, sizeof(answer));
	return r < 0 ? r : number_of(c->kind, answer, NULL, "amount_mib", actual);
}

static int run_program(const char *const *words, char *answer, size_t size)
{
	int r = tool_ask(words, LIMIT_S * 1000, answer, size);

	if (r == -ETIMEDOUT)
		return fail("'%s %s' had not ended after %d s", words[0], words[1], LIMIT_S);
	if (r < 0)
		return fail_errno(-r, "cannot run '%s %s'", words[0], words[1]);
	return r ? fail("'%s %s' failed with status %d", words[0], words[1], r) : 0;
}

static int set_crosvm(const struct balloon_change *c, int64_t *actual)
{
	char bytes[32], answer[4096];
	const char *const set[] = {c->program, "balloon", bytes, c->kind->socket, NULL};
	const char *const stats[] = {c->program, "balloon_stats", c->kind->socket, NULL};
	int r;

	snprintf(bytes, sizeof(bytes), "%" PRId64, c->mib * MIB);
	r = run_program(set, answer, sizeof(answer));
	if (r == 0)
		r = run_program(stats, answer, sizeof(answer));
	if (r == 0)
		r = number_of(c->kind, answer, NULL, "balloon_actual", actual);
	*actual /= MIB;
	return r;
}

/* Which start of the machine this is: its control socket is another each time. */
static int name_start(char start[START_SIZE])
{
	struct stat st;

	if (stat(CONTROL_SOCKET, &st) < 0)
		return fail_errno(errno, "no machine runs here: '%s'", CONTROL_SOCKET);
	snprintf(start, START_SIZE, "%ju %jd.%09ld", (uintmax_t)st.st_ino,
	         (intmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return 0;
}

/* What the machine has been told since @start, in MiB. */
static int read_taken(const char *start, int64_t *mib)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	long long number;
	char *end;
	int r;

	*mib = 0;
	if (access(BALLOON_FILE, F_OK) < 0 && errno == ENOENT)
		return 0;
	r = read_file(BALLOON_FILE, &text, &length);
	if (r < 0)
		return r;
	end = strchr(text, '\n');
	if (!end || strncmp(end + 1, start, strlen(start)) != 0)
		return 0; /* of an earlier start */
	*end = '\0';
	if (parse_number(text, 0, MAX_BYTES / MIB, &number) < 0)
		return fail("'%s' does not say how large the balloon is", BALLOON_FILE);
	*mib = number;
	return 0;
}

static int write_taken(const char *start, int64_t mib)
{
	char text[32 + START_SIZE];
	int n = snprintf(text, sizeof(text), "%" PRId64 "\n%s\n", mib, start);

	return replace_file(BALLOON_FILE, text, (size_t)n);
}

/* It is told steps, and says no size: what it has been told is written down. */
static int set_kvmtool(const struct balloon_change *c, int64_t *actual)
{
	char step[32], start[START_SIZE], answer[256];
	const char *words[] = {c->program, "balloon", "--name", c->name, NULL, step, NULL};
	int64_t taken = 0;
	int r = name_start(start);

	if (r == 0)
		r = read_taken(start, &taken);
	if (r < 0)
		return r;
	words[4] = c->mib > taken ? "--inflate" : "--deflate";
	snprintf(step, sizeof(step), "%" PRId64, c->mib > taken ? c->mib - taken : taken - c->mib);
	if (c->mib != taken)
		r = run_program(words, answer, sizeof(answer));
	if (r == 0)
		r = write_taken(start, c->mib);
	*actual = c->mib;
	return r;
}

static const struct {
	const char *kind;
	int (*set)(const struct balloon_change *c, int64_t *actual);
	bool by_program;
} ways[] = {
    {"qemu", set_by_qmp, false},
    {"stratovirt", set_by_qmp, false},
    {"cloud-hypervisor", set_cloud_hypervisor, false},
    {"firecracker", set_firecracker, false},
    {"crosvm", set_crosvm, true},
    {"kvmtool", set_kvmtool, true},
};

int vmm_set_balloon(const struct balloon_change *c, int64_t *actual)
{
	*actual = 0;
	if (c->mib < 0 || c->mib > INT64_MAX / MIB)
		return fail("a balloon of %" PRId64 " MiB is none", c->mib);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(ways[i].kind, c->kind->name) != 0)
			continue;
		if (ways[i].by_program && (!c->program || !c->name))
			return fail("'%s' is told a balloon's size by its own program: --program "
			            "and --name are missing",
			            c->kind->name);
		return ways[i].set(c, actual);
	}
	return fail("'%s' has no balloon", c->kind->name);
}

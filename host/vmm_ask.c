/* SPDX-License-Identifier: MIT */
/* What a running VMM is asked by its control socket. */
#include "vmm_ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "cleanup.h"
#include "error.h"
#include "qmp.h"
#include "tool.h"
#include "unix_socket.h"
#include "vmm_kind.h"

#define MIB     (1LL << 20)
#define LIMIT_S 10 /* for a program to be answered, as for a socket */

static int check_answer(const char *socket, int status)
{
	if (status < 0)
		return fail_errno(-status, "cannot ask '%s'", socket);
	return status / 100 == 2 ? 0 : fail("'%s' answers with status %d", socket, status);
}

static int ask_by_program(const char *program, const char *socket)
{
	const char *const words[] = {program, "powerbtn", socket, NULL};
	char answer[256];
	int r = tool_ask(words, LIMIT_S * 1000, answer, sizeof(answer));

	if (r == -ETIMEDOUT)
		return fail("'%s powerbtn' had not ended after %d s", program, LIMIT_S);
	if (r < 0)
		return fail_errno(-r, "cannot run '%s powerbtn'", program);
	return r ? fail("'%s powerbtn' failed with status %d", program, r) : 0;
}

int vmm_ask_to_stop(const struct vmm_kind *kind, const char *program)
{
	switch (kind->control) {
	case CONTROL_CH_API:
		return check_answer(
		    kind->socket,
		    http_request(kind->socket, "PUT", "/api/v1/vm.power-button", NULL, NULL, 0));
	case CONTROL_FC_API:
		return check_answer(kind->socket,
		                    http_request(kind->socket, "PUT", "/actions",
		                                 "{\"action_type\":\"SendCtrlAltDel\"}", NULL, 0));
	case CONTROL_PROGRAM:
		return ask_by_program(program, kind->socket);
	default:
		return -EOPNOTSUPP;
	}
}

/* The number @name of an answer, or of the part @parent of its "config". */
static int number_of(const char *text, const char *parent, const char *name, double *number)
{
	cJSON *root = cJSON_Parse(text);
	const cJSON *node = root;
	int r = -EPROTO;

	if (parent)
		node = cJSON_GetObjectItemCaseSensitive(
		    cJSON_GetObjectItemCaseSensitive(node, "config"), parent);
	node = cJSON_GetObjectItemCaseSensitive(node, name);
	if (cJSON_IsNumber(node)) {
		*number = node->valuedouble;
		r = 0;
	}
	cJSON_Delete(root);
	return r;
}

static int set_ch_balloon(const char *socket, int64_t mib, int64_t *actual)
{
	char body[64], answer[16384];
	double size, left;
	int r;

	snprintf(body, sizeof(body), "{\"desired_balloon\":%lld}", (long long)mib * MIB);
	r = check_answer(socket, http_request(socket, "PUT", "/api/v1/vm.resize", body, NULL, 0));
	if (r == 0)
		r = check_answer(socket, http_request(socket, "GET", "/api/v1/vm.info", NULL,
		                                      answer, sizeof(answer)));
	if (r < 0)
		return r;
	if (number_of(answer, "memory", "size", &size) < 0 ||
	    number_of(answer, NULL, "memory_actual_size", &left) < 0)
		return fail("'%s' does not say how large the balloon is", socket);
	*actual = (int64_t)(size - left) / MIB;
	return 0;
}

static int set_fc_balloon(const char *socket, int64_t mib, int64_t *actual)
{
	char body[64], answer[4096];
	double size;
	int r;

	snprintf(body, sizeof(body), "{\"amount_mib\":%lld}", (long long)mib);
	r = check_answer(socket, http_request(socket, "PATCH", "/balloon", body, NULL, 0));
	if (r == 0)
		r = check_answer(
		    socket, http_request(socket, "GET", "/balloon", NULL, answer, sizeof(answer)));
	if (r < 0)
		return r;
	if (number_of(answer, NULL, "amount_mib", &size) < 0)
		return fail("'%s' does not say how large the balloon is", socket);
	*actual = (int64_t)size;
	return 0;
}

int vmm_set_balloon(const struct vmm_kind *kind, int64_t mib, int64_t *actual)
{
	if (mib < 0 || mib > INT64_MAX / MIB)
		return fail("a balloon of %lld MiB is none", (long long)mib);
	switch (kind->control) {
	case CONTROL_REPORT: {
		int64_t bytes = mib * MIB;
		int r = qmp_set_balloon(kind->socket, &bytes);

		*actual = bytes / MIB;
		return r;
	}
	case CONTROL_CH_API:
		return set_ch_balloon(kind->socket, mib, actual);
	case CONTROL_FC_API:
		return set_fc_balloon(kind->socket, mib, actual);
	default:
		return fail("'%s' is told a balloon's size by its own program", kind->name);
	}
}

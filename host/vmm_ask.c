/* SPDX-License-Identifier: MIT */
/* What a running VMM is asked by its control socket. */
#include "vmm_ask.h"

#include <errno.h>
#include <string.h>

#include "error.h"
#include "machine.h"
#include "tool.h"
#include "unix_socket.h"
#include "vmm_kind.h"

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

int vmm_ask_to_stop(const struct vmm_kind *kind, const struct machine *machine, const char *program)
{
	switch (kind->control) {
	case CONTROL_CH_API:
		return check_answer(
		    kind->socket,
		    http_request(kind->socket, "PUT", "/api/v1/vm.power-button", NULL, NULL, 0));
	case CONTROL_FC_API: /* there are no keys but on a PC */
		if (strcmp(machine->name, "x86_64") != 0)
			return -EOPNOTSUPP;
		return check_answer(kind->socket,
		                    http_request(kind->socket, "PUT", "/actions",
		                                 "{\"action_type\":\"SendCtrlAltDel\"}", NULL, 0));
	case CONTROL_PROGRAM:
		return ask_by_program(program, kind->socket);
	default:
		return -EOPNOTSUPP;
	}
}

/* SPDX-License-Identifier: MIT */
/* Lines of the report channel from a hostile guest, and from a hostile host. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "json.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_string(const char *s, size_t size)
{
	if (!memchr(s, '\0', size) || !json_is_utf8(s))
		abort();
}

/* What has been read is within its bounds, can be written, and is then read again as the same. */
static void check_message(const struct report_message *m)
{
	char line[MAX_REPORT_LINE], again[MAX_REPORT_LINE];
	struct report_message back;
	int n;

	check_string(m->name, sizeof(m->name));
	check_string(m->error, sizeof(m->error));
	if (m->code < 0 || m->code > 255 || m->signal < 0 || m->signal > 64 || m->pid < 0 ||
	    m->us < 0 || m->at_us < 0)
		abort();
	if (m->event == REPORT_UNKNOWN)
		return;
	n = report_format(line, sizeof(line), m);
	if (n <= 0 || line[n - 1] != '\n' || report_parse(line, (size_t)n - 1, &back) < 0)
		abort();
	/* A replacement is longer than what it stands for, and the end may have been cut. */
	if (strstr(line, "\xef\xbf\xbd"))
		return;
	if (report_format(again, sizeof(again), &back) != n || memcmp(line, again, (size_t)n) != 0)
		abort();
}

static void check_command(const struct report_command *c)
{
	char line[64];
	struct report_command back;
	int n;

	if (!c->request)
		return;
	n = report_command_format(line, sizeof(line), c);
	if (n <= 0 || report_command_parse(line, (size_t)n - 1, &back) < 0 ||
	    back.request != c->request || back.value != c->value)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_message m;
	struct report_command c;

	if (report_parse((const char *)data, size, &m) == 0)
		check_message(&m);
	if (report_command_parse((const char *)data, size, &c) == 0)
		check_command(&c);
	return 0;
}

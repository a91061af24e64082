/* SPDX-License-Identifier: MIT */
/* Lines of the report channel from the host. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "report_line.h"

static const struct {
	const char *key;
	enum report_request request;
	enum { WITH_TRUE, WITH_NUMBER, WITH_SIZE } with;
} requests[] = {
    {"hello", REQUEST_HELLO, WITH_NUMBER}, {"signal", REQUEST_SIGNAL, WITH_NUMBER},
    {"stop", REQUEST_STOP, WITH_TRUE},     {"stdin_end", REQUEST_STDIN_END, WITH_NUMBER},
    {"resize", REQUEST_RESIZE, WITH_SIZE}, {"waiting", REQUEST_WAITING, WITH_TRUE},
    {"done", REQUEST_DONE, WITH_TRUE},
};

#define REQUEST_COUNT (sizeof(requests) / sizeof(*requests))

static bool rows_and_columns(const struct value *v, uint64_t *value)
{
	struct value part = {0};
	uint64_t rows, columns;
	size_t n = strcspn(v->text, "x");

	if (!v->is_string || !v->text[n])
		return false;
	memcpy(part.text, v->text, n);
	if (!value_number(&part, UINT16_MAX, &rows))
		return false;
	snprintf(part.text, sizeof(part.text), "%s", v->text + n + 1);
	if (!value_number(&part, UINT16_MAX, &columns))
		return false;
	*value = report_size((unsigned)rows, (unsigned)columns);
	return true;
}

int report_command_format(char *line, size_t size, const struct report_command *c)
{
	struct line l = {line, size, 0};

	for (size_t i = 0; i < REQUEST_COUNT; i++) {
		if (requests[i].request != c->request)
			continue;
		if (requests[i].with == WITH_NUMBER)
			line_put(&l, "{\"%s\":%" PRIu64, requests[i].key, c->value);
		else if (requests[i].with == WITH_SIZE)
			line_put(&l, "{\"%s\":\"%ux%u\"", requests[i].key, report_rows(c),
			         report_columns(c));
		else
			line_put(&l, "{\"%s\":true", requests[i].key);
		return line_finish(&l);
	}
	return -EINVAL;
}

static bool command_member(void *command, const char *key, const struct value *v)
{
	struct report_command *c = command;
	bool is_true = false;

	for (size_t i = 0; i < REQUEST_COUNT; i++) {
		if (strcmp(requests[i].key, key) != 0)
			continue;
		if (c->request)
			return false; /* one request a line */
		c->request = requests[i].request;
		if (requests[i].with == WITH_NUMBER)
			return value_number(v, UINT64_MAX, &c->value);
		if (requests[i].with == WITH_SIZE)
			return rows_and_columns(v, &c->value);
		return value_bool(v, &is_true) && is_true;
	}
	return true;
}

int report_command_parse(const char *line, size_t length, struct report_command *c)
{
	*c = (struct report_command){0};
	return line_read(line, length, c, command_member);
}

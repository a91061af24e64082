/* SPDX-License-Identifier: MIT */
/* The host's end of the report channel. */
#include "report_channel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void report_channel_init(struct report_channel *c, int fd)
{
	*c = (struct report_channel){.fd = fd};
}

struct pollfd report_channel_poll(const struct report_channel *c)
{
	return (struct pollfd){.fd = c->fd,
	                       .events = (short)(POLLIN | (c->output_length ? POLLOUT : 0))};
}

static void flush(struct report_channel *c)
{
	ssize_t n;

	if (c->fd < 0 || !c->output_length)
		return;
	n = write(c->fd, c->output, c->output_length);
	if (n <= 0)
		return; /* what is wrong shows when reading */
	c->output_length -= (size_t)n;
	memmove(c->output, c->output + n, c->output_length);
}

void report_channel_send(struct report_channel *c, enum report_request request, uint64_t value)
{
	const struct report_command command = {request, value};
	int n = report_command_format(c->output + c->output_length,
	                              sizeof(c->output) - c->output_length, &command);

	if (n > 0)
		c->output_length += (size_t)n;
	flush(c);
}

/* Take the first line off the input. Return: whether there was one; @good: whether it is a report.
 */
static bool take_line(struct report_channel *c, struct report_message *m, bool *good)
{
	char *end = memchr(c->input, '\n', c->input_length);
	size_t length;

	if (!end) {
		if (c->input_length == sizeof(c->input)) {
			c->input_length = 0;
			c->overrun = true;
		}
		return false;
	}
	length = (size_t)(end - c->input);
	*good = !c->overrun && report_parse(c->input, length, m) == 0;
	c->overrun = false;
	c->input_length -= length + 1;
	memmove(c->input, end + 1, c->input_length);
	return true;
}

static void fill(struct report_channel *c)
{
	ssize_t n = read(c->fd, c->input + c->input_length, sizeof(c->input) - c->input_length);

	if (n > 0)
		c->input_length += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->fd = -1;
}

void report_channel_pump(struct report_channel *c)
{
	flush(c);
	if (c->fd >= 0)
		fill(c);
}

bool report_channel_next(struct report_channel *c, struct report_message *m)
{
	bool good;

	while (take_line(c, m, &good))
		if (good)
			return true;
	return false;
}

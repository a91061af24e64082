/* SPDX-License-Identifier: MIT */
/* What comes out of the console, and of the port. */
#ifndef VMCONFIG_NSBOOT_CONSOLE_H
#define VMCONFIG_NSBOOT_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct options;
struct step;

struct console {
	const struct options *options;
	int report_fd;     /* or -1 */
	char *line;        /* of which nothing has been printed yet, or all */
	size_t length;     /* bytes in it */
	size_t room;       /* allocated */
	size_t printed;    /* bytes of it that are out already */
	bool line_end_due; /* the line end before this line; not printed when this is a report */
	bool ended;        /* exit or failed has been reported */
	int code;
	size_t spoken_after; /* bytes that came after the last word */
	char nameless[4096]; /* the last failure that was reported without the nonce, or "" */
	int nameless_code;
	char port_line[4096]; /* a report that is not yet whole */
	size_t port_length;
	char *tail; /* what the current step is looked for in */
	size_t tail_length;
	size_t step;
};

void console_init(struct console *c, const struct options *o);

/* console_take() - bytes from the machine. */
void console_take(struct console *c, const char *data, size_t length);

/* console_take_port() - bytes from its port, which are reports and nothing else. */
void console_take_port(struct console *c, const char *data, size_t length);

/* console_end() - no more will come. */
void console_end(struct console *c);

/* console_next_step() - the step whose text has come, or NULL; the one after it is next. */
const struct step *console_next_step(struct console *c);

#endif

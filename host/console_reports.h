/* SPDX-License-Identifier: MIT */
/* Reports on a console: lines that begin with a nonce are taken out of what a machine prints. */
#ifndef VMCONFIG_CONSOLE_REPORTS_H
#define VMCONFIG_CONSOLE_REPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "contract.h"
#include "flow.h"
#include "report.h"

#define MAX_CONSOLE_REPORTS 32 /* that one read may bring, beyond which phases are dropped */

struct console_reports {
	struct filter filter;
	char prefix[FILTER_ROOM / 2]; /* what a report's line begins with */
	size_t prefix_length;
	size_t matched; /* bytes of the prefix at the line's beginning, held back */
	enum { LINE_MATCHING, LINE_OTHER, LINE_REPORT } state;
	char line[MAX_REPORT_LINE]; /* of the report that is being read */
	size_t line_length;
	struct report_message found[MAX_CONSOLE_REPORTS];
	size_t count;
};

/* console_reports_init() - @nonce is cut when it is longer than a config's may be. */
void console_reports_init(struct console_reports *c, const char *nonce);

/* console_reports_next() - the next report that has passed by. Return: whether there was one. */
bool console_reports_next(struct console_reports *c, struct report_message *m);

#endif

/* SPDX-License-Identifier: MIT */
/* What the files that check a config share. Each check notes what is wrong; none stops another. */
#ifndef VMCONFIG_CHECK_H
#define VMCONFIG_CHECK_H

#include "vmconfig.h"

struct check {
	const struct vmconfig *cfg;
	const struct json_doc *doc; /* NULL: no line numbers */
	struct problems *problems;
};

/*
 * error_at() - note an error.
 * @rule:    its stable name
 * @message: what is wrong with the value
 * @format:  printf form of the JSON pointer
 */
void error_at(const struct check *c, const char *rule, const char *message, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void check_process(const struct check *c);   /* who the workload is and what confines it */
void check_tree(const struct check *c);      /* what is put into the root */
void check_init_mode(const struct check *c); /* what only one of the two modes has */

#endif

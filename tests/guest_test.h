/* SPDX-License-Identifier: MIT */
/* What unit tests of the guest share: cmocka, a config from its text, the error of a phase. */
#ifndef VMCONFIG_GUEST_TEST_H
#define VMCONFIG_GUEST_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "guest.h"
#include "json.h"
#include "vmconfig.h"

/* @text may use ' for ", as no value in these tests needs it. */
static inline void config_from(struct vmconfig *cfg, const char *text)
{
	char *json = strdup(text);
	struct problems problems = {0};
	struct json_doc doc = {0};

	assert_non_null(json);
	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	memset(cfg, 0, sizeof(*cfg));
	assert_int_equal(json_parse(&doc, json, strlen(json), &problems), 0);
	assert_int_equal(vmconfig_decode(cfg, &doc, &problems), 0);
	json_release(&doc);
	problems_release(&problems);
	free(json);
}

static inline int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Where two JSON trees differ. */
#ifndef VMCONFIG_CONFIG_DIFF_H
#define VMCONFIG_CONFIG_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

/* A tree as it is compared, and the same tree as it may be shown. */
struct diff_tree {
	const cJSON *node;
	const cJSON *shown;
};

struct difference {
	char *pointer;
	const cJSON *first; /* what may be shown; NULL: it is not there */
	const cJSON *second;
	bool order; /* the same members, in another order */
};

struct differences {
	struct difference *items;
	size_t count;
};

/*
 * config_diff() - every place where two trees differ, as deep as can be.
 * @out: zeroed; released by the caller whatever the result; its nodes are those of the trees
 *
 * The order of an object's members counts where both have the same ones: that
 * of an environment is kept.
 *
 * Return: 0 or -ENOMEM.
 */
int config_diff(struct diff_tree first, struct diff_tree second, struct differences *out);

void differences_release(struct differences *d);

#endif

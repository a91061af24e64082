/* SPDX-License-Identifier: MIT */
/* --cap-add and --cap-drop: what the workload may do, by capabilities(7). */
#ifndef VMCONFIG_CAPABILITY_OPTION_H
#define VMCONFIG_CAPABILITY_OPTION_H

#include "vmconfig.h"

struct option_row;

/* Names as the config has them, "CAP_…", or "ALL". */
struct capability_options {
	struct strlist add;
	struct strlist drop;
};

/*
 * capability_option_add() - read a name, with or without "CAP_", in any case, or "all".
 * @row:  the option, for messages
 * @list: one of struct capability_options
 *
 * Return: 0, or negative after printing a line.
 */
int capability_option_add(const struct option_row *row, struct strlist *list, const char *value);

/*
 * capability_options_apply() - change @cfg's sets, as Docker does whatever the options' order.
 *
 * What is dropped leaves all five sets. What is added joins the bounding, the permitted and the
 * effective one: a program that is not root's gets it from its file only. A config without sets
 * has every capability.
 *
 * Return: 0 or -ENOMEM.
 */
int capability_options_apply(const struct capability_options *o, struct vmconfig *cfg);

void capability_options_release(struct capability_options *o);

#endif

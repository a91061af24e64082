/* SPDX-License-Identifier: MIT */
/* --ulimit: one of the workload's resource limits on the command line. */
#ifndef VMCONFIG_ULIMIT_OPTION_H
#define VMCONFIG_ULIMIT_OPTION_H

struct option_row;
struct vmconfig;

/*
 * ulimit_option_add() - read "TYPE=SOFT[:HARD]", as Docker has it.
 * @row: the option, for messages
 * @cfg: its rlimits are added to; a type that is there already gets the new values
 *
 * Return: 0, or negative after printing a line.
 */
int ulimit_option_add(const struct option_row *row, struct vmconfig *cfg, const char *value);

/* ulimits_apply() - those of @given over @cfg's own of the same type. Return: 0 or -ENOMEM. */
int ulimits_apply(const struct vmconfig *given, struct vmconfig *cfg);

#endif

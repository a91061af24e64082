/* SPDX-License-Identifier: MIT */
/* What a runner package wants beside what any machine does. */
#ifndef VMCONFIG_RUNNER_CHECK_H
#define VMCONFIG_RUNNER_CHECK_H

#include <stdbool.h>

struct request;
struct runner;
struct vmm_setup;

/* runner_is_name() - whether a machine may have that name: an instance of units, a directory. */
bool runner_is_name(const char *name);

/* runner_is_user() - whether it is USER[:GROUP]. */
bool runner_is_user(const char *user);

/*
 * runner_check() - name, VMM; what only makes sense while somebody waits.
 * @setup: kind, machine and name are filled in; the name is @options' or @r's
 *
 * The VMM becomes an absolute path, as a unit has no PATH.
 *
 * Return: 0, or negative after printing a line.
 */
int runner_check(struct runner *options, struct request *r, struct vmm_setup *setup);

/* runner_check_devices() - no two interfaces, tags, sockets or images are the same; no name holds a
 * control character. Return: 0, or negative after printing a line. */
int runner_check_devices(const struct request *r);

#endif

/* SPDX-License-Identifier: MIT */
/* Environments: from OCI's lists of "NAME=VALUE" to a map in which each name stands once. */
#ifndef VMCONFIG_ENVIRONMENT_H
#define VMCONFIG_ENVIRONMENT_H

#include "vmconfig.h"

struct document;

/*
 * environment_read() - the list at @pointer of an OCI document, as a map.
 *
 * An entry without a name is an error. Of two with the same name the last
 * one stands, in the place of the first, with a warning.
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int environment_read(struct document *d, const char *pointer, struct strmap *env);

/* environment_merge() - set each variable of @over in @env. Return: 0 or -ENOMEM. */
int environment_merge(struct strmap *env, const struct strmap *over);

#endif

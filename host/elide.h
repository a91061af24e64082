/* SPDX-License-Identifier: MIT */
/* Values of documents for people to read: without what may be secret. */
#ifndef VMCONFIG_ELIDE_H
#define VMCONFIG_ELIDE_H

#include <cjson/cJSON.h>

/*
 * elided() - a copy of @node in which the values of environments and the
 * contents of files are "…". Return: for cJSON_Delete(), or NULL when out of memory.
 */
cJSON *elided(const cJSON *node);

#endif

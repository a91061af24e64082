/* SPDX-License-Identifier: MIT */
/* The rules on a whole config, held against what an OCI document was made into. */
#ifndef VMCONFIG_RENDERED_H
#define VMCONFIG_RENDERED_H

#include "input.h"

struct document;
struct vmconfig;

/*
 * rendered_check() - note in @d what config_check() finds in @cfg.
 *
 * A problem has the place in the document that it comes from, where that can
 * be told; else its message begins with its place in the rendered config.
 */
void rendered_check(const struct vmconfig *cfg, enum input_kind kind, struct document *d);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Records that config.json has from OCI, keys included: the readers of OCI
 * documents use the same rows.
 */
#ifndef VMCONFIG_RECORDS_H
#define VMCONFIG_RECORDS_H

#include "record.h"

extern const struct record rlimit_record;       /* struct rlimit_row */
extern const struct record capabilities_record; /* struct capabilities */
extern const struct record scheduler_record;    /* struct scheduler */
extern const struct record io_priority_record;  /* struct io_priority */
extern const struct record personality_record;  /* struct personality */
extern const struct record seccomp_record;      /* struct seccomp */
extern const struct record console_size_record; /* struct console_size */
extern const struct record hook_record;         /* struct hook */

/* Values of enums, for rows elsewhere. */
extern const char *const device_types[];
extern const char *const propagations[];

#endif

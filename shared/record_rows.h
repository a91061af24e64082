/* SPDX-License-Identifier: MIT */
/* How rows of struct field are written; for files with tables of them only. */
#ifndef VMCONFIG_RECORD_ROWS_H
#define VMCONFIG_RECORD_ROWS_H

#include <stddef.h>

#include "record.h"

/* The member of struct @type that a row is about. */
#define AT(type, member) .offset = offsetof(struct type, member)

/* The same of one with "items" and "count". */
#define AT_LIST(type, member) \
	.offset = offsetof(struct type, member.items), .count = offsetof(struct type, member.count)

/* What is looked at and not kept, and what is so and must be there. */
#define CHECKED .flags = FIELD_CHECKED
#define NEEDED  .flags = FIELD_CHECKED | FIELD_REQUIRED

/* The last row of a table. */
#define END                 \
	{                   \
		.key = NULL \
	}

#endif

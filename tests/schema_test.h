/* SPDX-License-Identifier: MIT */
/* What a JSON schema demands of a field, as rows for tests/unit/test_schema.c. */
#ifndef VMCONFIG_SCHEMA_TEST_H
#define VMCONFIG_SCHEMA_TEST_H

enum {
	OBJECT = 1 << 0,
	ARRAY = 1 << 1,
	STRING = 1 << 2,
	BOOLEAN = 1 << 3,
	INTEGER = 1 << 4, /* without bounds */
	NULL_TOO = 1 << 5,
	UINT16 = 1 << 6 | INTEGER,
	UINT32 = 1 << 7 | INTEGER,
	UINT64 = 1 << 8 | INTEGER,
	INT32 = 1 << 9 | INTEGER,
	INT64 = 1 << 10 | INTEGER,
};

#define REQUIRED 1

/* Rows leave out what they have no need of. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct constraint {
	const char *pointer; /* of the field in the full document; NULL ends a table */
	unsigned types;      /* what it may be */
	int required;
	const char *wrong; /* further values that are refused: JSON with ' for ", a space between */
};

#endif

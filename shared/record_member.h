/* SPDX-License-Identifier: MIT */
/* Reaching the members that rows point at; for the record_*.c files only. */
#ifndef VMCONFIG_RECORD_MEMBER_H
#define VMCONFIG_RECORD_MEMBER_H

#include <stddef.h>

struct field;

/* member_at(), member_of() - the member that @f describes, in the struct @in. */
void *member_at(const struct field *f, void *in);
const void *member_of(const struct field *f, const void *in);

/* The pointer of FIELD_STRING, FIELD_RECORD, FIELD_RECORDS and the count of the last. */
void *member_pointer(const struct field *f, const void *in);
void member_set_pointer(const struct field *f, void *in, void *p);
size_t member_count(const struct field *f, const void *in);
void member_set_count(const struct field *f, void *in, size_t count);

#endif

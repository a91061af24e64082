/* SPDX-License-Identifier: MIT */
/* What all uses of a table share: reaching a member, telling whether it is set, freeing it. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "record_member.h"
#include "vmconfig.h"

void *member_at(const struct field *f, void *in)
{
	return (char *)in + f->offset;
}

const void *member_of(const struct field *f, const void *in)
{
	return (const char *)in + f->offset;
}

void *member_pointer(const struct field *f, const void *in)
{
	void *p;

	/* Through memcpy: the member is a pointer to some struct, not to void. */
	memcpy(&p, member_of(f, in), sizeof(p));
	return p;
}

size_t member_count(const struct field *f, const void *in)
{
	size_t count;

	memcpy(&count, (const char *)in + f->count, sizeof(count));
	return count;
}

void member_set_pointer(const struct field *f, void *in, void *p)
{
	memcpy(member_at(f, in), &p, sizeof(p));
}

void member_set_count(const struct field *f, void *in, size_t count)
{
	memcpy((char *)in + f->count, &count, sizeof(count));
}

bool field_is_set(const struct field *f, const void *in)
{
	const void *m = member_of(f, in);

	if (f->flags & FIELD_CHECKED)
		return false;
	switch (f->type) {
	case FIELD_BOOL:
		return *(const bool *)m;
	case FIELD_INT:
		return ((const struct optint *)m)->set;
	case FIELD_UINT:
		return ((const struct optuint *)m)->set;
	case FIELD_INTS:
		return ((const struct intlist *)m)->count > 0;
	case FIELD_ENUM:
		return *(const int *)m != 0;
	case FIELD_STRING:
	case FIELD_RECORD:
		return member_pointer(f, in) != NULL;
	case FIELD_STRINGS:
	case FIELD_NAMES:
		return ((const struct strlist *)m)->count > 0;
	case FIELD_MAP:
		return ((const struct strmap *)m)->count > 0;
	case FIELD_RECORDS:
		return member_count(f, in) > 0;
	}
	return false;
}

static void release_records(const struct field *f, void *in)
{
	char *items = member_pointer(f, in);
	size_t count = member_count(f, in);

	for (size_t i = 0; i < count; i++)
		record_release(f->record, items + i * f->record->size);
	free(items);
}

void record_release(const struct record *rec, void *in)
{
	for (const struct field *f = rec->fields; f->key; f++) {
		void *m = member_at(f, in);

		if (f->flags & FIELD_CHECKED)
			continue;
		switch (f->type) {
		case FIELD_BOOL:
		case FIELD_INT:
		case FIELD_UINT:
		case FIELD_ENUM:
			break;
		case FIELD_STRING:
			free(member_pointer(f, in));
			break;
		case FIELD_INTS:
			free(((struct intlist *)m)->items);
			break;
		case FIELD_STRINGS:
		case FIELD_NAMES:
			strlist_release(m);
			break;
		case FIELD_MAP:
			strmap_release(m);
			break;
		case FIELD_RECORD:
			if (member_pointer(f, in))
				record_release(f->record, member_pointer(f, in));
			free(member_pointer(f, in));
			break;
		case FIELD_RECORDS:
			release_records(f, in);
			break;
		}
	}
	memset(in, 0, rec->size);
}

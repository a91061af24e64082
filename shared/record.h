/* SPDX-License-Identifier: MIT */
/*
 * Records: JSON objects described by a table of rows, one row per field. The
 * same rows drive decoding, encoding, checking, the JSON Schema and the table
 * in vmconfig-config(5). config.json is such a record, and so are the OCI
 * documents that the host reads.
 */
#ifndef VMCONFIG_RECORD_H
#define VMCONFIG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

struct json_doc;
struct problems;
struct strlist;

enum field_type {
	FIELD_BOOL,    /* bool */
	FIELD_INT,     /* struct optint, within min..max */
	FIELD_UINT,    /* struct optuint: all of 64 bits, exactly */
	FIELD_INTS,    /* struct intlist, each within min..max */
	FIELD_ENUM,    /* int: 0 not given, else 1 + index in values */
	FIELD_STRING,  /* char * */
	FIELD_STRINGS, /* struct strlist */
	FIELD_MAP,     /* struct strmap */
	FIELD_NAMES,   /* struct strlist: the members' names of an object of objects of .record */
	FIELD_RECORD,  /* pointer to a struct of .record, allocated when given */
	FIELD_RECORDS, /* array of .record: pointer at .offset, size_t at .count */
};

enum field_flag {
	FIELD_ALWAYS = 1 << 0,   /* encoded even when empty, as the seed schema does */
	FIELD_REQUIRED = 1 << 1, /* an error when absent or empty */
	FIELD_SEED = 1 << 4,     /* the seed schema has it */
	FIELD_CHECKED = 1 << 5,  /* decoded to see what is wrong, and not kept: has no member */

	/* What foreign producers write; the quirk-* rules. */
	FIELD_OR_EMPTY = 1 << 2,  /* FIELD_RECORD: nothing but empty members: absent, a warning;
	                             FIELD_ENUM: empty: absent, the caller warns */
	FIELD_OR_STRING = 1 << 3, /* FIELD_STRINGS: a string is a list of one; the caller warns */
	FIELD_OR_NULL = 1 << 6,   /* where null gets a warning, this field's gets none */
};

/* A form that a string must have. */
struct format {
	const char *name;    /* JSON Schema "format" or our own word */
	const char *pattern; /* JSON Schema "pattern", or NULL */
	/* what is wrong with @value ("is not …"), or NULL when nothing is */
	const char *(*complain)(const char *value);
};

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	size_t count;                     /* FIELD_RECORDS: offset of the count */
	const struct record *record;      /* FIELD_RECORD, FIELD_RECORDS, FIELD_NAMES */
	const char *const *values;        /* FIELD_ENUM: NULL-terminated */
	const struct format *format;      /* strings, each item of a list, each value of a map */
	const struct format *name_format; /* FIELD_MAP, FIELD_NAMES: each name */
	int64_t min;                      /* numbers: the least value */
	int64_t max;         /* numbers: the greatest; FIELD_RECORDS: entries at most, 0 no limit */
	unsigned flags;      /* enum field_flag */
	const char *feature; /* what a reader must know to honour this field, or NULL */
	const char *doc;     /* one line for the schema and the man page */
};

/* What becomes of a key that has no row, and of null. */
enum record_open {
	RECORD_CLOSED,        /* a warning; null is as good as absent */
	RECORD_OPEN,          /* OCI documents: ignored, as the specifications want it */
	RECORD_OPEN_NOT_NULL, /* the same, but null gets a warning (quirk-null) */
};

struct record {
	const char *name;
	size_t size;
	const struct field *fields; /* ends with a row whose key is NULL */
	int open;                   /* enum record_open; of the outermost: holds below too */
};

/*
 * record_decode() - read an object into a struct.
 * @rec:     the table
 * @doc:     the document @node is in
 * @node:    what should be the object; null fields count as absent
 * @pointer: JSON pointer of @node, "" for the root
 * @out:     zeroed struct of @rec->size bytes; release it whatever the result
 * @p:       where problems go
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int record_decode(const struct record *rec, const struct json_doc *doc, const cJSON *node,
                  const char *pointer, void *out, struct problems *p);

/* record_encode() - the object, keys in table order, fields not given left out; NULL: out of
 * memory. */
cJSON *record_encode(const struct record *rec, const void *in);

/* record_schema() - a JSON Schema (draft 2020-12) of the record; NULL: out of memory. */
cJSON *record_schema(const struct record *rec);

/* field_is_set() - whether @in has a value for @f. */
bool field_is_set(const struct field *f, const void *in);

/* record_release() - free what the struct owns and zero it. */
void record_release(const struct record *rec, void *in);

#endif

/* SPDX-License-Identifier: MIT */
/* pax headers (POSIX.1 pax(1), "pax Header Block"), and the keys of GNU tar, star and libarchive.
 */
#include "tar_pax.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "complaint.h"
#include "list.h"

#define XATTR_PREFIX "SCHILY.xattr."

/* One record of a header: "LENGTH KEY=VALUE\n". The value may hold any bytes, NUL as well. */
struct pax_record {
	const char *key;
	const char *value; /* followed by a NUL */
	size_t length;
	struct tar_overrides *overrides;
	struct complaint *complaint;
};

struct pax_key {
	const char *key;
	int (*take)(const struct pax_record *r);
};

void tar_overrides_release(struct tar_overrides *o)
{
	free(o->path);
	free(o->link);
	free(o->sparse_name);
	free(o->sparse_map);
	free(o->pieces);
	xattrs_release(&o->xattrs);
	*o = (struct tar_overrides){0};
}

int tar_decimal(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

int tar_add_piece(struct tar_piece **pieces, size_t *count, uint64_t offset, uint64_t length,
                  struct complaint *c)
{
	const struct tar_piece *last = *count ? &(*pieces)[*count - 1] : NULL;
	struct tar_piece *grown;

	if (length > INT64_MAX || offset > INT64_MAX - length)
		return complain(c, "a piece of its sparse map lies beyond any file's end");
	if (last && offset < last->offset + last->length)
		return complain(c, "the pieces of its sparse map overlap or are in no order");
	if (length == 0)
		return 0;
	if (*count == MAX_TAR_SPARSE)
		return complain(c, "its sparse map has more than %u pieces (MAX_TAR_SPARSE)",
		                MAX_TAR_SPARSE);
	grown = list_grow(*pieces, *count, sizeof(*grown));
	if (!grown)
		return complain_memory(c);
	*pieces = grown;
	grown[(*count)++] = (struct tar_piece){offset, length};
	return 0;
}

static int take_text(const struct pax_record *r, char **text)
{
	if (memchr(r->value, '\0', r->length))
		return complain(r->complaint, "'%.64s' holds a NUL", r->key);
	free(*text);
	*text = strdup(r->value);
	return *text ? 0 : complain_memory(r->complaint);
}

static int take_number(const struct pax_record *r, uint64_t *value)
{
	if (tar_decimal(r->value, value) < 0)
		return complain(r->complaint, "'%.64s=%.64s' is no number", r->key, r->value);
	return 0;
}

static int take_path(const struct pax_record *r)
{
	return take_text(r, &r->overrides->path);
}

static int take_linkpath(const struct pax_record *r)
{
	return take_text(r, &r->overrides->link);
}

static int take_uid(const struct pax_record *r)
{
	r->overrides->has_uid = true;
	return take_number(r, &r->overrides->uid);
}

static int take_gid(const struct pax_record *r)
{
	r->overrides->has_gid = true;
	return take_number(r, &r->overrides->gid);
}

static int take_size(const struct pax_record *r)
{
	r->overrides->has_size = true;
	return take_number(r, &r->overrides->size);
}

/* "-1234.000056": nanoseconds are never negative. */
static int take_mtime(const struct pax_record *r)
{
	struct tar_overrides *o = r->overrides;
	const char *digits = r->value + (r->value[0] == '-');
	uint32_t unit = 1000000000, nsec = 0;
	int64_t seconds;
	char *end;

	errno = 0;
	seconds = strtoll(r->value, &end, 10);
	if (errno || *digits < '0' || *digits > '9' || (*end && *end != '.'))
		return complain(r->complaint, "'mtime=%.64s' is no time", r->value);
	for (const char *c = *end ? end + 1 : end; *c; c++) {
		if (*c < '0' || *c > '9')
			return complain(r->complaint, "'mtime=%.64s' is no time", r->value);
		unit /= 10;
		nsec += (uint32_t)(*c - '0') * unit;
	}
	if (r->value[0] == '-' && nsec && seconds > INT64_MIN) {
		seconds--;
		nsec = 1000000000 - nsec;
	}
	o->has_mtime = true;
	o->mtime = seconds;
	o->mtime_nsec = nsec;
	return 0;
}

static int take_acl(const struct pax_record *r, const char *name)
{
	_cleanup_free_ unsigned char *acl = NULL;
	size_t length;
	int error = acl_from_text(r->value, &acl, &length);

	if (error == -EINVAL)
		return complain(r->complaint,
		                "'%.64s=%.128s' is no ACL with a number for each name", r->key,
		                r->value);
	if (error == 0)
		error = xattrs_set(&r->overrides->xattrs, name, acl, length);
	return error ? complain_memory(r->complaint) : 0;
}

static int take_acl_access(const struct pax_record *r)
{
	return take_acl(r, ACL_ACCESS_XATTR);
}

static int take_acl_default(const struct pax_record *r)
{
	return take_acl(r, ACL_DEFAULT_XATTR);
}

static int take_sparse_major(const struct pax_record *r)
{
	uint64_t value;
	int error = take_number(r, &value);

	r->overrides->sparse_major = value > 9 ? 9 : (unsigned)value;
	return error;
}

static int take_sparse_minor(const struct pax_record *r)
{
	uint64_t value;
	int error = take_number(r, &value);

	r->overrides->sparse_minor = value > 9 ? 9 : (unsigned)value;
	return error;
}

static int take_sparse_name(const struct pax_record *r)
{
	return take_text(r, &r->overrides->sparse_name);
}

static int take_sparse_size(const struct pax_record *r)
{
	r->overrides->has_real_size = true;
	return take_number(r, &r->overrides->real_size);
}

static int take_sparse_offset(const struct pax_record *r)
{
	return take_number(r, &r->overrides->sparse_offset);
}

static int take_sparse_length(const struct pax_record *r)
{
	struct tar_overrides *o = r->overrides;
	uint64_t length;
	int error = take_number(r, &length);

	return error ? error
	             : tar_add_piece(&o->pieces, &o->piece_count, o->sparse_offset, length,
	                             r->complaint);
}

static int take_sparse_map(const struct pax_record *r)
{
	return take_text(r, &r->overrides->sparse_map);
}

static const struct pax_key keys[] = {
    {"path", take_path},
    {"linkpath", take_linkpath},
    {"uid", take_uid},
    {"gid", take_gid},
    {"size", take_size},
    {"mtime", take_mtime},
    {"SCHILY.acl.access", take_acl_access},
    {"SCHILY.acl.default", take_acl_default},
    {"GNU.sparse.major", take_sparse_major},
    {"GNU.sparse.minor", take_sparse_minor},
    {"GNU.sparse.name", take_sparse_name},
    {"GNU.sparse.size", take_sparse_size},
    {"GNU.sparse.realsize", take_sparse_size},
    {"GNU.sparse.offset", take_sparse_offset},
    {"GNU.sparse.numbytes", take_sparse_length},
    {"GNU.sparse.map", take_sparse_map},
};

static int take_record(const struct pax_record *r)
{
	size_t prefix = sizeof(XATTR_PREFIX) - 1;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].key, r->key) == 0)
			return keys[i].take(r);
	if (strncmp(r->key, XATTR_PREFIX, prefix) != 0)
		return 0; /* comments, atime, names of users: nothing that we use */
	if (r->overrides->xattrs.count >= MAX_TAR_XATTRS)
		return complain(r->complaint,
		                "it has more than %u extended attributes (MAX_TAR_XATTRS)",
		                MAX_TAR_XATTRS);
	if (xattrs_set(&r->overrides->xattrs, r->key + prefix, r->value, r->length) < 0)
		return complain_memory(r->complaint);
	return 0;
}

/* Where the record at @text ends, or 0 when that is no record. */
static size_t record_length(const char *text, size_t left)
{
	size_t length = 0, digits = 0;

	while (digits < left && text[digits] >= '0' && text[digits] <= '9' && digits < 9)
		length = length * 10 + (size_t)(text[digits++] - '0');
	if (!digits || digits == left || text[digits] != ' ' || length <= digits + 1 ||
	    length > left || text[length - 1] != '\n')
		return 0;
	return length;
}

static int parse_record(struct tar_overrides *o, const char *text, size_t length,
                        struct complaint *c)
{
	_cleanup_free_ char *copy = NULL;
	const char *start = memchr(text, ' ', length);
	char *equals;

	if (!start)
		return complain(c, "its pax header is damaged");
	start++;
	length -= (size_t)(start - text) + 1; /* the newline */
	copy = malloc(length + 1);
	if (!copy)
		return complain_memory(c);
	memcpy(copy, start, length);
	copy[length] = '\0';
	equals = memchr(copy, '=', length);
	if (!equals || memchr(copy, '\0', (size_t)(equals - copy)))
		return complain(c, "its pax header is damaged");
	*equals = '\0';
	return take_record(&(struct pax_record){
	    .key = copy,
	    .value = equals + 1,
	    .length = length - (size_t)(equals + 1 - copy),
	    .overrides = o,
	    .complaint = c,
	});
}

int tar_parse_pax(struct tar_overrides *o, const char *text, size_t length, struct complaint *c)
{
	while (length) {
		size_t record = record_length(text, length);
		int error;

		if (!record)
			return complain(c, "its pax header is damaged");
		error = parse_record(o, text, record, c);
		if (error)
			return error;
		text += record;
		length -= record;
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* POSIX ACLs: archives have them as text, the kernel as a table of little-endian numbers. */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "cleanup.h"
#include "xattrs.h"

/* More than any filesystem stores. */
#define MAX_ACL_ENTRIES 1024u

struct entry_type {
	const char *name;
	uint16_t object; /* "user::" */
	uint16_t named;  /* "user:1000:", 0 where there is no such thing */
};

static const struct entry_type types[] = {
    {"user", ACL_USER_OBJ, ACL_USER},
    {"u", ACL_USER_OBJ, ACL_USER},
    {"group", ACL_GROUP_OBJ, ACL_GROUP},
    {"g", ACL_GROUP_OBJ, ACL_GROUP},
    {"mask", ACL_MASK, 0},
    {"m", ACL_MASK, 0},
    {"other", ACL_OTHER, 0},
    {"o", ACL_OTHER, 0},
};

static const struct entry_type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

static int parse_permissions(const char *text, uint16_t *permissions)
{
	*permissions = 0;
	for (; *text; text++) {
		if (*text == 'r')
			*permissions |= ACL_READ;
		else if (*text == 'w')
			*permissions |= ACL_WRITE;
		else if (*text == 'x')
			*permissions |= ACL_EXECUTE;
		else if (*text != '-')
			return -EINVAL;
	}
	return 0;
}

static int parse_id(const char *text, uint32_t *id)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value >= UINT32_MAX)
		return -EINVAL;
	*id = (uint32_t)value;
	return 0;
}

/* "TYPE:NAME:PERMISSIONS[:ID]" */
static int parse_entry(char *text, struct posix_acl_xattr_entry *entry)
{
	char *type_name = strsep(&text, ":"), *name = strsep(&text, ":");
	char *permissions = strsep(&text, ":"), *number = strsep(&text, ":");
	const struct entry_type *type = find_type(type_name);
	uint32_t id = (uint32_t)ACL_UNDEFINED_ID;
	uint16_t bits;

	/* star(1) writes "other:r--" for those that have no name. */
	if (type && name && !permissions && !type->named) {
		permissions = name;
		name = NULL;
	}
	if (!type || !permissions || parse_permissions(permissions, &bits) < 0)
		return -EINVAL;
	if (name && *name) {
		if (!type->named || parse_id(number ? number : name, &id) < 0)
			return -EINVAL;
		entry->e_tag = htole16(type->named);
	} else {
		entry->e_tag = htole16(type->object);
	}
	entry->e_perm = htole16(bits);
	entry->e_id = htole32(id);
	return 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct posix_acl_xattr_entry *x = a, *y = b;

	if (x->e_tag != y->e_tag)
		return le16toh(x->e_tag) < le16toh(y->e_tag) ? -1 : 1;
	if (x->e_id != y->e_id)
		return le32toh(x->e_id) < le32toh(y->e_id) ? -1 : 1;
	return 0;
}

static int parse_entries(char *text, struct posix_acl_xattr_entry *entries, size_t *count)
{
	char *word;

	while ((word = strsep(&text, ",\n"))) {
		char *comment = strchr(word, '#');

		if (comment)
			*comment = '\0';
		word += strspn(word, " \t");
		word[strcspn(word, " \t")] = '\0';
		if (!*word)
			continue;
		if (*count == MAX_ACL_ENTRIES || parse_entry(word, &entries[*count]) < 0)
			return -EINVAL;
		++*count;
	}
	return 0;
}

int acl_from_text(const char *text, unsigned char **acl, size_t *length)
{
	_cleanup_free_ char *copy = strdup(text);
	_cleanup_free_ unsigned char *bytes =
	    calloc(1, sizeof(struct posix_acl_xattr_header) +
	                  MAX_ACL_ENTRIES * sizeof(struct posix_acl_xattr_entry));
	struct posix_acl_xattr_header header = {htole32(POSIX_ACL_XATTR_VERSION)};
	struct posix_acl_xattr_entry *entries;
	size_t count = 0;

	if (!copy || !bytes)
		return -ENOMEM;
	memcpy(bytes, &header, sizeof(header));
	entries = (struct posix_acl_xattr_entry *)(void *)(bytes + sizeof(header));
	if (parse_entries(copy, entries, &count) < 0)
		return -EINVAL;
	qsort(entries, count, sizeof(*entries), compare_entries);
	*length = sizeof(header) + count * sizeof(*entries);
	if (!acl_is_valid(bytes, *length))
		return -EINVAL;
	*acl = steal_ptr(&bytes);
	return 0;
}

static bool tag_is_known(uint16_t tag)
{
	return tag == ACL_USER_OBJ || tag == ACL_USER || tag == ACL_GROUP_OBJ || tag == ACL_GROUP ||
	       tag == ACL_MASK || tag == ACL_OTHER;
}

bool acl_is_valid(const unsigned char *acl, size_t length)
{
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entry;

	if (length < sizeof(header) || (length - sizeof(header)) % sizeof(entry) != 0)
		return false;
	memcpy(&header, acl, sizeof(header));
	if (le32toh(header.a_version) != POSIX_ACL_XATTR_VERSION)
		return false;
	for (size_t at = sizeof(header); at < length; at += sizeof(entry)) {
		memcpy(&entry, acl + at, sizeof(entry));
		if (!tag_is_known(le16toh(entry.e_tag)) || le16toh(entry.e_perm) > 7)
			return false;
	}
	return true;
}

/* SPDX-License-Identifier: MIT */
/* Extended attributes of a file, as the kernel's system calls have them. */
#ifndef VMCONFIG_XATTRS_H
#define VMCONFIG_XATTRS_H

#include <stdbool.h>
#include <stddef.h>

#define ACL_ACCESS_XATTR  "system.posix_acl_access"
#define ACL_DEFAULT_XATTR "system.posix_acl_default"

/* What the kernel takes as a value. */
#define XATTR_SIZE_MAX_BYTES 65536

struct xattr {
	char *name; /* with its prefix: "security.capability" */
	unsigned char *value;
	size_t length;
};

struct xattrs {
	struct xattr *items; /* in the order of their names */
	size_t count;
};

/* xattrs_set() - give @name a value, copied. Return: 0 or -ENOMEM. */
int xattrs_set(struct xattrs *x, const char *name, const void *value, size_t length);

const struct xattr *xattrs_find(const struct xattrs *x, const char *name);

void xattrs_release(struct xattrs *x);

/* xattr_is_storable() - whether a filesystem of Linux has a place for such a name. Others are those
 * of other systems, and container tools pass over them as well. */
bool xattr_is_storable(const char *name);

/*
 * acl_from_text() - a POSIX ACL as tar archives have it, as the kernel has it.
 * @text:  "user::rwx,user:name:r-x:1000,group::r--,mask::rwx,other::r--"; entries may also stand on
 *         lines, identities may be numbers
 * @acl:   for free()
 *
 * Return: 0, -EINVAL when it cannot be read (a name without its number is such a case: names of
 * this machine are not those of the image), or -ENOMEM.
 */
int acl_from_text(const char *text, unsigned char **acl, size_t *length);

/* acl_is_valid() - whether the kernel would take @acl as the value of such an attribute. */
bool acl_is_valid(const unsigned char *acl, size_t length);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Who the workload runs as. Names are looked up in the guest's own passwd(5)
 * and group(5), read as files: no NSS, and nothing in them is trusted.
 */
#ifndef VMCONFIG_IDENTITY_H
#define VMCONFIG_IDENTITY_H

#include <stddef.h>
#include <sys/types.h>

#include "vmconfig.h"

struct guest;

#define MAX_ACCOUNT_BYTES (4u << 20) /* of passwd and of group */
#define MAX_GROUPS        65536u     /* NGROUPS_MAX of the kernel */

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary */
	size_t group_count;
	char *home;      /* what HOME is to be when the config sets none */
	char error[384]; /* one line, when looking up failed */
};

/* The text of a file; need not end in NUL. */
struct span {
	const char *data;
	size_t length;
};

/*
 * identity_look_up() - decide from texts alone, as container runtimes do.
 * @id:     overwritten; to be released whatever the result
 * @user:   NULL: root
 * @passwd: text of the guest's passwd, empty when it has none
 * @group:  text of the guest's group
 *
 * A name made of digits is a number. The user's own group and its
 * supplementary groups are taken from the files only when @user names no
 * group. Of several entries the first counts; lines that are none are skipped.
 *
 * Return: 0, -ENOENT or -EINVAL with @id->error, -ENOMEM.
 */
int identity_look_up(struct identity *id, const struct user *user, struct span passwd,
                     struct span group);

/*
 * identity_read() - identity_look_up() in /etc/passwd and /etc/group of the tree at @root_fd.
 *
 * A missing file counts as empty; one that is no regular file or larger than
 * MAX_ACCOUNT_BYTES is an error.
 *
 * Return: as above, or -errno with @id->error.
 */
int identity_read(struct identity *id, const struct user *user, int root_fd);

/* identity_resolve() - identity_read() for the config's user in "/". Return: 0, or negative after
 * guest_error(). */
int identity_resolve(struct guest *g, struct identity *id);

void identity_release(struct identity *id);

#endif

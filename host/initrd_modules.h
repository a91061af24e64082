/* SPDX-License-Identifier: MIT */
/* Which kernel modules an initrd holds. */
#ifndef VMCONFIG_INITRD_MODULES_H
#define VMCONFIG_INITRD_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "vmconfig.h"

struct initrd_modules {
	struct strlist names; /* as the kernel has them: "virtio_blk" */
	char *list;           /* MODULE_LIST's text; NULL: there is none */
	bool whole;           /* all of it could be read; else it may have any others */
};

/*
 * initrd_modules_read() - look through the archives of an initrd, those that are not compressed.
 * @m: zeroed; released by the caller whatever the result
 *
 * Return: 0, or negative after printing a line.
 */
int initrd_modules_read(const char *path, struct initrd_modules *m);

void initrd_modules_release(struct initrd_modules *m);

#endif

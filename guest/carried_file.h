/* SPDX-License-Identifier: MIT */
/* What else an initrd may carry for the root filesystem. */
#ifndef VMCONFIG_CARRIED_FILE_H
#define VMCONFIG_CARRIED_FILE_H

#include <stddef.h>

/* A file of the initrd's, in memory. */
struct carried_file {
	void *data; /* NULL: it is empty */
	size_t size;
};

/* carried_file_open() - Return: 0, -ENOENT when the initrd has none, or -errno. */
int carried_file_open(struct carried_file *f, const char *path);
void carried_file_close(struct carried_file *f);

#endif

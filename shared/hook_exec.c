/* SPDX-License-Identifier: MIT */
/* What a hook is executed with, in the guest as on the host. */
#include "hook_exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cleanup.h"
#include "vmconfig.h"
#include "whole.h"

int hook_state_open(const char *text)
{
	_cleanup_fd_ int fd = memfd_create("state", MFD_CLOEXEC);
	int r = fd < 0 ? -errno : write_whole(fd, text, strlen(text));

	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	return r < 0 ? r : steal_fd(&fd);
}

char **hook_vector(const struct strlist *list, char *first)
{
	char **vector = calloc(list->count + 2, sizeof(*vector));

	if (!vector)
		return NULL;
	vector[0] = first;
	for (size_t i = 0; i < list->count; i++)
		vector[i] = list->items[i];
	return vector;
}

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

int hook_state_open(const char *text)
{
	_cleanup_fd_ int fd = memfd_create("state", MFD_CLOEXEC);
	size_t length = strlen(text), done = 0;

	if (fd < 0)
		return -errno;
	while (done < length) {
		ssize_t n = write(fd, text + done, length - done);

		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return steal_fd(&fd);
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

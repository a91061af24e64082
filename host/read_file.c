/* SPDX-License-Identifier: MIT */
/* Files that a user names, read whole and within a limit. */
#include "read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"

static int open_regular(const char *path)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. It means nothing to a file. */
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fail_errno(errno, "cannot open '%s'", path);
	if (fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot stat '%s'", path);
	if (S_ISDIR(st.st_mode))
		return fail("'%s' is a directory", path);
	if (!S_ISREG(st.st_mode))
		return fail("'%s' is no regular file", path);
	return steal_fd(&fd);
}

/* Read to the end, one byte beyond the limit to tell that there is one. */
static int read_all(int fd, const char *name, char **text, size_t *length)
{
	_cleanup_free_ char *buffer = NULL;
	size_t room = 0, used = 0;

	for (;;) {
		ssize_t n;

		if (used == room) {
			char *bigger;

			room = room ? room * 2 : 16384;
			if (room > MAX_CONFIG_BYTES)
				room = MAX_CONFIG_BYTES + 1;
			bigger = realloc(buffer, room + 1);
			if (!bigger)
				return fail_errno(ENOMEM, "cannot read '%s'", name);
			buffer = bigger;
		}
		n = read(fd, buffer + used, room - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(errno, "cannot read '%s'", name);
		used += (size_t)n;
		if (used > MAX_CONFIG_BYTES)
			return fail("'%s' is larger than %u bytes (MAX_CONFIG_BYTES)", name,
			            MAX_CONFIG_BYTES);
		if (n == 0)
			break;
	}
	buffer[used] = '\0';
	*text = steal_ptr(&buffer);
	*length = used;
	return 0;
}

int read_file(const char *path, char **text, size_t *length)
{
	_cleanup_fd_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", text, length);
	fd = open_regular(path);
	if (fd < 0)
		return fd;
	return read_all(fd, path, text, length);
}

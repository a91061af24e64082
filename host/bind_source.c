/* SPDX-License-Identifier: MIT */
/* What a bind mount binds. */
#include "bind_source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base64.h"
#include "cleanup.h"
#include "contract.h"
#include "json.h"
#include "vmconfig.h"
#include "whole.h"

int bind_source_open(const char *bundle, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
	                       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	_cleanup_fd_ int dir = -1;
	int fd;

	if (path[0] == '/') {
		fd = open(path, O_PATH | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

static int set_content(struct file *file, char *content, size_t length)
{
	content[length] = '\0';
	if (length == 0)
		return 0;
	if (strlen(content) == length && json_is_utf8(content))
		file->content = strdup(content);
	else
		file->content_base64 = base64_encode(content, length);
	return file->content || file->content_base64 ? 0 : -ENOMEM;
}

static struct optint number(int64_t value)
{
	return (struct optint){.set = true, .value = value};
}

int bind_source_read(int fd, const struct stat *st, struct file *file)
{
	_cleanup_free_ char *content = malloc(MAX_FILE_BYTES + 2);
	_cleanup_fd_ int readable = -1;
	char link[40];
	ssize_t length;

	if (!content)
		return -ENOMEM;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	readable = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (readable < 0)
		return -errno;
	/* One byte more than the limit tells that there is more. */
	length = read_whole(readable, content, MAX_FILE_BYTES + 1);
	if (length < 0)
		return (int)length;
	if (length > (ssize_t)MAX_FILE_BYTES)
		return -EFBIG;
	file->mode = number(st->st_mode & 07777);
	file->uid = number(st->st_uid);
	file->gid = number(st->st_gid);
	return set_content(file, content, (size_t)length);
}

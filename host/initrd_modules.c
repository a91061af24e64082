/* SPDX-License-Identifier: MIT */
/* Looking through an initrd: one archive after the other, as the kernel does. */
#include "initrd_modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "list.h"
#include "newc_reader.h"

/* "lib/modules/virtio-blk.ko.xz" -> "virtio_blk". Return: 0, also for what is no module. */
static int add_module(struct initrd_modules *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *name = strdup(slash ? slash + 1 : path);
	char *end = name ? strstr(name, ".ko") : NULL;

	if (!name)
		return -ENOMEM;
	if (!end || (end[3] && end[3] != '.'))
		return 0;
	*end = '\0';
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return strlist_add(&m->names, name);
}

static int take_entry(struct initrd_modules *m, const struct newc_entry *e)
{
	if (!S_ISREG(e->mode))
		return 0;
	if (strcmp(e->name, &MODULE_LIST[1]) != 0)
		return add_module(m, e->name);
	free(m->list); /* the kernel overwrites it, too */
	m->list = strndup(e->data, e->size);
	return m->list ? 0 : -ENOMEM;
}

/* Return: 0, -ENOMEM, or -EINVAL where something begins that is no archive, or a damaged one. */
static int look_through(struct initrd_modules *m, const char *data, size_t size)
{
	struct newc archive = {.data = data, .size = size};
	struct newc_entry e;
	int r = 0;

	while (r == 0) {
		while (archive.at < size && !data[archive.at])
			archive.at++;
		if (archive.at == size)
			return 0;
		while ((r = newc_next(&archive, &e)) == 1) {
			r = take_entry(m, &e);
			if (r < 0)
				return r;
		}
	}
	return r;
}

int initrd_modules_read(const char *path, struct initrd_modules *m)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	void *data;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot read initrd '%s'", path);
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return fail("initrd '%s' is %s", path, st.st_size ? "no regular file" : "empty");
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return fail_errno(errno, "cannot read initrd '%s'", path);
	r = look_through(m, data, (size_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	m->whole = r == 0;
	return r == -ENOMEM ? fail_errno(ENOMEM, "cannot read initrd '%s'", path) : 0;
}

void initrd_modules_release(struct initrd_modules *m)
{
	strlist_release(&m->names);
	free(m->list);
	*m = (struct initrd_modules){0};
}

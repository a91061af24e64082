/* SPDX-License-Identifier: MIT */
/* Kernel modules, in the order of the list that the initrd carries: PATH [PARAMETER...] a line. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath.h"
#include "boot_watch.h"
#include "cleanup.h"
#include "contract.h"
#include "guest.h"
#include "list.h"
#include "log.h"

#define MODULE_LIST_LIMIT (256u << 10)

/* A driver reads the partition tables of the disks that it finds. */
static int insert(int fd, const char *path, const char *parameters)
{
	_doing_ int now = boot_watch_doing("loading module '%s'", path);

	return (int)syscall(SYS_finit_module, fd, parameters, 0);
}

static char plain(char c)
{
	return c == '-' ? '_' : c;
}

/* Whether that of @length bytes is the module's name, which has "-" or "_" for the same. */
static bool is_named(const char *path, const char *name, size_t length)
{
	const char *slash = strrchr(path, '/');
	const char *own = slash ? slash + 1 : path;

	for (size_t i = 0; i < length; i++)
		if (plain(own[i]) != plain(name[i]))
			return false;
	return own[length] == '.';
}

/* @names: with commas between them */
static const char *find_named(const struct strlist *paths, const char *names)
{
	for (size_t length; *names; names += length + (names[length] == ',')) {
		length = strcspn(names, ",");
		for (size_t i = 0; i < paths->count; i++)
			if (is_named(paths->items[i], names, length))
				return paths->items[i];
	}
	return NULL;
}

/* Which of these a module depends on by its own account, or NULL. */
static const char *find_needed(int fd, const struct strlist *left_out)
{
	static const char key[] = "\0depends=";
	const char *names, *found = NULL;
	struct stat st;
	char *data;
	size_t size;

	if (!left_out->count || fstat(fd, &st) < 0)
		return NULL;
	size = (size_t)st.st_size;
	data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return NULL;
	names = memmem(data, size, key, sizeof(key) - 1);
	if (names) {
		names += sizeof(key) - 1;
		if (memchr(names, '\0', (size_t)(data + size - names)))
			found = find_named(left_out, names);
	}
	munmap(data, size);
	return found;
}

/*
 * One initrd is for several machines: ENODEV and EOPNOTSUPP are ptp_kvm's words for one without
 * KVM, or with a host that has no such clock. The symbols of what was left out are missing: ENOENT.
 */
static int refused(struct guest *g, int fd, const char *path, int error, struct strlist *left_out)
{
	const char *needed = error == ENOENT ? find_needed(fd, left_out) : NULL;

	if (needed)
		log_warning("module '%s' needs '%s', and is left out as well", path, needed);
	else if (error == ENODEV || error == EOPNOTSUPP)
		log_warning("module '%s' has nothing to do here, and is left out: %s", path,
		            strerror(error));
	else if (error == ENOEXEC)
		return guest_error_as(
		    g, "module-mismatch",
		    "module '%s' is not of this kernel: the initrd and the kernel differ", path);
	else
		return guest_error(g, error, "cannot load module '%s'", path);
	return strlist_add(left_out, path) < 0 ? guest_error(g, ENOMEM, "cannot load modules") : 0;
}

static int load_module(struct guest *g, char *line, struct strlist *left_out)
{
	char *parameters = line + strcspn(line, " \t");
	_cleanup_fd_ int fd = -1;

	if (*parameters)
		*parameters++ = '\0';
	parameters += strspn(parameters, " \t");
	fd = open(line, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return guest_error(g, errno, "cannot open module '%s'", line);
	if (insert(fd, line, parameters) == 0 || errno == EEXIST)
		return 0;
	return refused(g, fd, line, errno, left_out);
}

int phase_modules(struct guest *g)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_(strlist_release) struct strlist left_out = {0};
	_cleanup_fd_ int here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *line, *rest;
	size_t length;
	int r;

	r = beneath_read(here, MODULE_LIST, MODULE_LIST_LIMIT, &text, &length);
	if (r == -ENOENT)
		return 0; /* a kernel with everything built in */
	if (r < 0)
		return guest_error(g, -r, "cannot read '%s'", MODULE_LIST);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		r = load_module(g, line, &left_out);
		if (r < 0)
			return r;
	}
	return 0;
}

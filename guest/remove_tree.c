/* SPDX-License-Identifier: MIT */
/* Removing what is in a directory. */
#include "remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void empty_directory(int fd, dev_t device);

static void remove_entry(int parent, const char *name, dev_t device)
{
	struct stat st;
	int fd;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != device)
		return;
	if (!S_ISDIR(st.st_mode)) {
		unlinkat(parent, name, 0);
		return;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		empty_directory(fd, device);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Takes @fd over. Depth is that of what init itself has made, or was given in its initrd. */
static void empty_directory(int fd, dev_t device)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_entry(dirfd(dir), entry->d_name, device);
	closedir(dir);
}

void remove_contents(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		close(fd);
	else
		empty_directory(fd, st.st_dev);
}

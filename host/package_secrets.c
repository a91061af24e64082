/* SPDX-License-Identifier: MIT */
/* What a package keeps to its owner. */
#include "package_secrets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

/* Root's regular files alone: nothing that leads elsewhere, nothing that is somebody's already. */
static int give(int directory, const char *name, const struct passwd *user)
{
	_cleanup_fd_ int fd = -1;
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_errno(errno, "cannot read '%s'", name);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 07077) || st.st_uid != 0 || st.st_nlink != 1)
		return 0;
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fchown(fd, user->pw_uid, (gid_t)-1) < 0)
		return fail_errno(errno, "cannot give '%s' to user '%s'", name, user->pw_name);
	return 0;
}

static int give_all(DIR *dir, const struct passwd *user)
{
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (entry = readdir(dir)))
		r = give(dirfd(dir), entry->d_name, user);
	return r;
}

int package_secrets_give(const char *package, const char *user)
{
	const struct passwd *entry = getpwnam(user);
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -1;
	DIR *dir;
	int r;

	if (!entry)
		return fail("there is no user '%s': 'vmconfig host install' makes it", user);
	if (asprintf(&path, "%s/share/vmconfig", package) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "'%s'", package);
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : fail_errno(errno, "cannot read '%s'", path);
	dir = fdopendir(fd);
	if (!dir)
		return fail_errno(errno, "cannot read '%s'", path);
	steal_fd(&fd);
	r = give_all(dir, entry);
	closedir(dir);
	return r;
}

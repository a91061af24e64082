/* SPDX-License-Identifier: MIT */
/* The state directory. Everything is reached from its descriptor, and no link in it is followed. */
#include "vm_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "host_files.h"
#include "package.h"
#include "remove_tree.h"
#include "stop_signals.h"
#include "units.h"

#define NEW_LINK ".current.new"

/* A unit's name has at most 255 bytes, and the longest is "microvm-macvtap-interfaces@….service".
 */
#define MAX_NAME 200

int vm_store_open(struct vm_store *store, const char *root)
{
	*store = (struct vm_store){.fd = -1, .live = !root};
	if (asprintf(&store->path, "%s%s", root ? root : "", MICROVM_STATE) < 0) {
		store->path = NULL;
		return fail_errno(ENOMEM, "cannot open '%s'", MICROVM_STATE);
	}
	store->fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->fd < 0 && errno == ENOENT)
		return fail("there is no '%s': 'vmconfig host install' makes it", store->path);
	return store->fd < 0 ? fail_errno(errno, "cannot open '%s'", store->path) : 0;
}

void vm_store_release(struct vm_store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	free(store->path);
	*store = (struct vm_store){.fd = -1};
}

int vm_name_check(const char *name)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (!*name || *name == '.' || *name == '-')
		return fail(
		    "'%s' is no name of a virtual machine: it begins with a letter, a digit or '_'",
		    name);
	if (strlen(name) > MAX_NAME)
		return fail("'%s' is longer than %d bytes", name, MAX_NAME);
	/* Others would be escaped in a unit's name, and be two names then. */
	if (name[strspn(name, letters)])
		return fail(
		    "'%s' is no name of a virtual machine: letters, digits, '-', '_' and '.'",
		    name);
	return 0;
}

static bool may_be_changed(const struct stat *st)
{
	return st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH));
}

/* A directory or file of the package, and nothing that leads elsewhere. */
static int check_trust(const char *package, const char *name)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%s", package, name) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "'%s'", package);
	}
	if (stat(path, &st) < 0)
		return fail_errno(errno, "cannot read '%s'", path);
	if (may_be_changed(&st))
		return fail("'%s' may be changed by others than root, and parts of a package run "
		            "as root: copy it to where only root may write",
		            path);
	return 0;
}

/* Who may rename a directory on the way may put another package there; in a sticky one only the
 * owner of an entry may. */
static int check_way(const char *package)
{
	_cleanup_free_ char *path = strdup(package);
	char *slash;

	if (!path)
		return fail_errno(ENOMEM, "'%s'", package);
	do {
		struct stat st;

		slash = strrchr(path, '/');
		slash[slash == path] = '\0'; /* "/" itself stays */
		if (stat(path, &st) < 0)
			return fail_errno(errno, "cannot read '%s'", path);
		if (st.st_uid != 0 || (may_be_changed(&st) && !(st.st_mode & S_ISVTX)))
			return fail("'%s' may be changed by others than root, and so may be what "
			            "stands there: parts of a package run as root",
			            path);
	} while (slash != path);
	return 0;
}

/* All that may run as root: the scripts, and what they execute of the package. */
static int check_programs(const char *package, const char *directory)
{
	_cleanup_free_ char *path = NULL;
	struct dirent *entry;
	DIR *dir;
	int r = 0;

	if (asprintf(&path, "%s/%s", package, directory) < 0) {
		path = NULL;
		return fail_errno(ENOMEM, "'%s'", package);
	}
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : fail_errno(errno, "cannot read '%s'", path);
	while (r == 0 && (entry = readdir(dir))) {
		_cleanup_free_ char *name = NULL;

		if (strcmp(entry->d_name, "..") == 0)
			continue;
		if (asprintf(&name, "%s/%s", directory, entry->d_name) < 0) {
			name = NULL;
			r = fail_errno(ENOMEM, "'%s'", package);
			break;
		}
		r = check_trust(package, name);
	}
	closedir(dir);
	return r;
}

/* What a unit of root's is made of. Of the rest nothing else is root's to read. */
static int check_lists(const char *package)
{
	static const char *const names[] = {"share", "share/vmconfig", HOST_FILES};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(names) / sizeof(names[0]); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s", package, names[i]) < 0) {
			path = NULL;
			return fail_errno(ENOMEM, "'%s'", package);
		}
		if (access(path, F_OK) < 0 && errno == ENOENT)
			break;
		r = check_trust(package, names[i]);
	}
	return r;
}

/* As microvm-run looks at it: the monitor is told names in the package. */
static int check_characters(const char *package)
{
	_cleanup_free_ char *ours = NULL;

	if (asprintf(&ours, "%s/share/vmconfig", package) < 0) {
		ours = NULL;
		return fail_errno(ENOMEM, "'%s'", package);
	}
	if (package[strspn(package, PACKAGE_CHARACTERS)] == '\0' || access(ours, F_OK) < 0)
		return 0;
	return fail("'%s' has a character that a VMM may take for its own, and its machine would "
	            "not start: copy it to another place",
	            package);
}

int vm_package_find(const struct vm_store *store, const char *package, char **path)
{
	static const char *const programs[] = {"bin/microvm-run", "bin/microvm-shutdown"};
	_cleanup_free_ char *found = realpath(package, NULL);
	int r = 0;

	if (!found)
		return fail_errno(errno, "cannot open '%s'", package);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		_cleanup_free_ char *program = NULL;

		if (asprintf(&program, "%s/%s", found, programs[i]) < 0) {
			program = NULL;
			return fail_errno(ENOMEM, "'%s'", package);
		}
		if (access(program, X_OK) < 0)
			return fail_errno(errno, "'%s' is no runner package: '%s'", package,
			                  programs[i]);
	}
	r = check_characters(found);
	if (r == 0 && store->live) {
		r = check_way(found);
		if (r == 0)
			r = check_trust(found, ".");
		if (r == 0)
			r = check_programs(found, "bin");
		if (r == 0)
			r = check_programs(found, "libexec");
		if (r == 0)
			r = check_lists(found);
	}
	if (r == 0)
		*path = steal_ptr(&found);
	return r;
}

static int open_machine(const struct vm_store *store, const char *name)
{
	int fd = openat(store->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return fail("there is no virtual machine '%s' in '%s'", name, store->path);
	return fd < 0 ? fail_errno(errno, "cannot open '%s/%s'", store->path, name) : fd;
}

bool vm_store_has(const struct vm_store *store, const char *name)
{
	struct stat st;

	return fstatat(store->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Made beside it and renamed: there is no moment without. */
static int point(const struct vm_store *store, int machine, const char *name, const char *package)
{
	if (unlinkat(machine, NEW_LINK, 0) < 0 && errno != ENOENT)
		return fail_errno(errno, "cannot write in '%s/%s'", store->path, name);
	if (symlinkat(package, machine, NEW_LINK) < 0 ||
	    renameat(machine, NEW_LINK, machine, "current") < 0)
		return fail_errno(errno, "cannot let '%s/%s/current' lead to '%s'", store->path,
		                  name, package);
	return 0;
}

int vm_store_point(const struct vm_store *store, const char *name, const char *package)
{
	_cleanup_fd_ int machine = open_machine(store, name);

	return machine < 0 ? machine : point(store, machine, name, package);
}

/*
 * The machine's user makes its sockets here, but the directory is root's and
 * sticky: the links that say what runs as root are not that user's to change.
 * Its group is that user's own: people are in "kvm" for the device alone, and
 * are not to reach the sockets of what runs as root.
 */
static int give_directory(const struct vm_store *store, int machine, const char *name)
{
	const struct passwd *user = store->live ? getpwnam(MICROVM_USER) : NULL;

	if (store->live && !user)
		return fail("there is no user '%s': 'vmconfig host install' makes it",
		            MICROVM_USER);
	if ((user && fchown(machine, 0, user->pw_gid) < 0) || fchmod(machine, S_ISVTX | 0770) < 0)
		return fail_errno(errno, "cannot set the owner of '%s/%s'", store->path, name);
	return 0;
}

static int add(const struct vm_store *store, const char *name, const char *package)
{
	_cleanup_fd_ int machine = -1;
	int r;

	if (mkdirat(store->fd, name, 0700) < 0) {
		if (errno == EEXIST)
			return fail("there is a virtual machine '%s' already: 'vmconfig vm update' "
			            "gives it another package",
			            name);
		return fail_errno(errno, "cannot make '%s/%s'", store->path, name);
	}
	machine = open_machine(store, name);
	r = machine < 0 ? machine : point(store, machine, name, package);
	if (r == 0)
		r = give_directory(store, machine, name);
	if (r < 0) {
		if (machine >= 0)
			unlinkat(machine, "current", 0);
		unlinkat(store->fd, name, AT_REMOVEDIR);
	}
	return r;
}

int vm_store_add(const struct vm_store *store, const char *name, const char *package)
{
	struct held_signals held = {0};
	int r;

	stop_signals_hold(&held); /* half a machine could be neither used nor installed again */
	r = add(store, name, package);
	stop_signals_release(&held);
	return r;
}

char *vm_store_link(const struct vm_store *store, const char *name, const char *link)
{
	_cleanup_free_ char *path = NULL;
	char target[PATH_MAX];
	ssize_t n;

	if (asprintf(&path, "%s/%s", name, link) < 0) {
		path = NULL;
		return NULL;
	}
	n = readlinkat(store->fd, path, target, sizeof(target));
	return n < 0 || n >= (ssize_t)sizeof(target) ? NULL : strndup(target, (size_t)n);
}

int vm_store_remove(const struct vm_store *store, const char *name, bool purge)
{
	static const char *const links[] = {"current", "booted", NEW_LINK};
	_cleanup_fd_ int machine = open_machine(store, name);
	int r = 0;

	if (machine < 0)
		return machine;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (unlinkat(machine, links[i], 0) < 0 && errno != ENOENT)
			return fail_errno(errno, "cannot remove '%s/%s/%s'", store->path, name,
			                  links[i]);
	if (purge)
		r = remove_tree_content(machine);
	if (r < 0)
		return fail_errno(-r, "cannot remove all of '%s/%s'", store->path, name);
	if (unlinkat(store->fd, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTEMPTY)
		return fail("'%s/%s' is not empty and stays: --purge removes its data, too",
		            store->path, name);
	return fail_errno(errno, "cannot remove '%s/%s'", store->path, name);
}

/* SPDX-License-Identifier: MIT */
/*
 * The cache's directory: KEY.img is an image, KEY.part one that is being made
 * by who has locked KEY.lock.
 */
#include "cache_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"

#define IMAGE ".img"
#define PART  ".part"
#define LOCK  ".lock"

#define NAME_BYTES (CACHE_KEY_BYTES + sizeof(LOCK))

/* XDG Base Directory Specification: a relative path is to be ignored. */
static char *directory(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path;

	if (cache && *cache == '/')
		return asprintf(&path, "%s/vmconfig", cache) < 0 ? NULL : path;
	if (home && *home == '/')
		return asprintf(&path, "%s/.cache/vmconfig", home) < 0 ? NULL : path;
	return NULL;
}

static int make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		int error = 0;

		if (slash)
			*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			error = errno;
		if (error)
			fail_errno(error, "cannot make '%s'", path);
		if (slash)
			*slash = '/';
		if (error || !slash)
			return -error;
	}
}

/* What others may write, others may fill: their image would be booted. */
static int check_owner(const struct cache *cache)
{
	struct stat st;

	if (fstat(cache->fd, &st) < 0)
		return fail_errno(errno, "cannot open '%s'", cache->path);
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return fail("'%s' may be changed by others: it is not used as a cache",
		            cache->path);
	return 0;
}

int cache_open(struct cache *cache)
{
	int r;

	*cache = (struct cache){.path = directory(), .fd = -1};
	if (!cache->path)
		return fail(
		    "there is no directory for a cache: XDG_CACHE_HOME and HOME are not set");
	r = make_directories(cache->path);
	if (r < 0)
		return r;
	cache->fd = open(cache->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return cache->fd < 0 ? fail_errno(errno, "cannot open '%s'", cache->path)
	                     : check_owner(cache);
}

void cache_release(struct cache *cache)
{
	if (cache->fd >= 0)
		close(cache->fd);
	free(cache->path);
	*cache = (struct cache){.fd = -1};
}

static int make_path(const struct cache *cache, const char *key, char **path)
{
	if (asprintf(path, "%s/%s" IMAGE, cache->path, key) >= 0)
		return 0;
	*path = NULL;
	return fail_errno(ENOMEM, "'%s'", cache->path);
}

static void make_name(char name[NAME_BYTES], const char *key, const char *suffix)
{
	snprintf(name, NAME_BYTES, "%s%s", key, suffix);
}

static int open_file(const struct cache *cache, const char *key, const char *suffix, int flags)
{
	char name[NAME_BYTES];

	make_name(name, key, suffix);
	return openat(cache->fd, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Whether the file that was locked is still the one that has the name. */
static bool is_current(const struct cache *cache, const char *key, const char *suffix, int fd)
{
	struct stat locked, named;
	char name[NAME_BYTES];

	make_name(name, key, suffix);
	return fstat(fd, &locked) == 0 &&
	       fstatat(cache->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

int cache_get(const struct cache *cache, const char *key, char **path)
{
	_cleanup_fd_ int fd = open_file(cache, key, IMAGE, O_RDONLY);
	int r;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 || flock(fd, LOCK_SH) < 0)
		return fail_errno(errno, "cannot use '%s/%s" IMAGE "'", cache->path, key);
	if (!is_current(cache, key, IMAGE, fd))
		return -ENOENT; /* removed before the lock was ours */
	r = make_path(cache, key, path);
	if (r < 0)
		return r;
	/* The time of last use; a read-only cache has none. */
	futimens(fd, NULL);
	return steal_fd(&fd);
}

int cache_lock(const struct cache *cache, const char *key)
{
	for (;;) {
		_cleanup_fd_ int fd = open_file(cache, key, LOCK, O_RDWR | O_CREAT);
		int r;

		if (fd < 0)
			return fail_errno(errno, "cannot write in '%s'", cache->path);
		while ((r = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
			;
		if (r < 0)
			return fail_errno(errno, "cannot lock '%s/%s" LOCK "'", cache->path, key);
		if (!is_current(cache, key, LOCK, fd))
			continue;
		return steal_fd(&fd);
	}
}

int cache_begin(const struct cache *cache, const char *key)
{
	char name[NAME_BYTES];
	int fd;

	/*
	 * What is there already is what a maker has left that was killed: a new
	 * file, and not that one, which its child may have open still. The
	 * directory is closed to others: who copies the image from it goes by
	 * this mode, and an image is no secret.
	 */
	make_name(name, key, PART);
	unlinkat(cache->fd, name, 0);
	fd = openat(cache->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	return fd < 0 ? fail_errno(errno, "cannot write in '%s'", cache->path) : fd;
}

int cache_commit(const struct cache *cache, const char *key)
{
	char from[NAME_BYTES], to[NAME_BYTES];

	make_name(from, key, PART);
	make_name(to, key, IMAGE);
	if (renameat(cache->fd, from, cache->fd, to) < 0)
		return fail_errno(errno, "cannot write '%s/%s'", cache->path, to);
	return 0;
}

void cache_discard(const struct cache *cache, const char *key)
{
	char name[NAME_BYTES];

	make_name(name, key, PART);
	unlinkat(cache->fd, name, 0);
}

static bool is_key(const char *name, const char *suffix)
{
	return strspn(name, "0123456789abcdef") == CACHE_KEY_BYTES - 1 &&
	       strcmp(name + CACHE_KEY_BYTES - 1, suffix) == 0;
}

static int compare_use(const void *a, const void *b)
{
	const struct cache_entry *x = a, *y = b;

	return (x->used < y->used) - (x->used > y->used);
}

/*
 * Whoever looks whether a lock is taken takes it for a moment, in which another
 * who looks finds it taken: so they take turns. Where a directory cannot be
 * locked, as on NFS, they may keep an image that nobody uses.
 *
 * Return: a descriptor that ends the turn when it is closed, or -1.
 */
static int take_turn(const struct cache *cache)
{
	int fd = openat(cache->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)!flock(fd, LOCK_EX);
	return fd;
}

/* Return: 0 when it is ours, 1 when somebody uses the image, negative after printing a line. */
static int try_lock(const struct cache *cache, const char *name, int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? 1
	                            : fail_errno(errno, "cannot lock '%s/%s'", cache->path, name);
}

/* Return: how many images these are, 0 when it has gone, negative after printing a line. */
static int look_at(const struct cache *cache, const char *name, struct cache_entry *e)
{
	_cleanup_fd_ int fd = openat(cache->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	r = try_lock(cache, name, fd);
	if (r < 0)
		return r;
	*e = (struct cache_entry){
	    .bytes = (uint64_t)st.st_blocks * 512, .used = st.st_mtime, .in_use = r == 1};
	memcpy(e->key, name, CACHE_KEY_BYTES - 1);
	return 1;
}

static DIR *open_stream(const struct cache *cache)
{
	int fd = openat(cache->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir)
		return dir;
	fail_errno(errno, "cannot read '%s'", cache->path);
	if (fd >= 0)
		close(fd);
	return NULL;
}

int cache_list(const struct cache *cache, struct cache_entry **entries, size_t *count)
{
	_cleanup_fd_ int turn = take_turn(cache);
	DIR *dir = open_stream(cache);
	struct dirent *entry;
	int r = 0;

	*entries = NULL;
	*count = 0;
	if (!dir)
		return -EIO;
	while (r >= 0 && (entry = readdir(dir))) {
		struct cache_entry *grown;

		if (!is_key(entry->d_name, IMAGE))
			continue;
		grown = list_grow(*entries, *count, sizeof(**entries));
		if (!grown) {
			r = fail_errno(ENOMEM, "cannot list '%s'", cache->path);
			break;
		}
		*entries = grown;
		r = look_at(cache, entry->d_name, &grown[*count]);
		*count += r > 0;
	}
	closedir(dir);
	if (*count)
		qsort(*entries, *count, sizeof(**entries), compare_use);
	return r < 0 ? r : 0;
}

/* Return: whether there was an unfinished image of nobody's. */
static bool sweep(const struct cache *cache, const char *key)
{
	_cleanup_fd_ int lock = open_file(cache, key, LOCK, O_RDWR);
	char part[NAME_BYTES], image[NAME_BYTES], name[NAME_BYTES];
	bool found;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0 || !is_current(cache, key, LOCK, lock))
		return false;
	make_name(part, key, PART);
	make_name(image, key, IMAGE);
	make_name(name, key, LOCK);
	found = unlinkat(cache->fd, part, 0) == 0;
	if (faccessat(cache->fd, image, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		unlinkat(cache->fd, name, 0);
	return found;
}

int cache_remove(const struct cache *cache, const char *key)
{
	_cleanup_fd_ int turn = take_turn(cache);
	_cleanup_fd_ int fd = open_file(cache, key, IMAGE, O_RDONLY);
	char name[NAME_BYTES];
	int r;

	if (fd < 0)
		return errno == ENOENT
		           ? 0
		           : fail_errno(errno, "cannot open '%s/%s" IMAGE "'", cache->path, key);
	make_name(name, key, IMAGE);
	r = try_lock(cache, name, fd);
	if (r != 0)
		return r;
	if (!is_current(cache, key, IMAGE, fd))
		return 0; /* removed before the lock was ours; what has the name now is new */
	if (unlinkat(cache->fd, name, 0) < 0)
		return fail_errno(errno, "cannot remove '%s/%s'", cache->path, name);
	/* The lock may be taken again already, by who has found no image. */
	sweep(cache, key);
	return 0;
}

int cache_sweep(const struct cache *cache)
{
	DIR *dir = open_stream(cache);
	struct dirent *entry;
	int count = 0;

	if (!dir)
		return -EIO;
	while ((entry = readdir(dir))) {
		char key[CACHE_KEY_BYTES] = "";

		if (!is_key(entry->d_name, LOCK))
			continue;
		memcpy(key, entry->d_name, CACHE_KEY_BYTES - 1);
		count += sweep(cache, key);
	}
	closedir(dir);
	return count;
}

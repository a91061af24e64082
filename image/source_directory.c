/* SPDX-License-Identifier: MIT */
/*
 * A directory of this machine, walked twice: names first, bytes after. Each
 * step is taken from the descriptor of the directory before, and no link is
 * followed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "file_xattrs.h"
#include "rootfs.h"
#include "tree_hash.h"

#define BLOCK        4096u
#define BUFFER_BYTES (1u << 20)

#define OPEN_DIR  (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* An inode of the machine that has more than one name. */
struct seen {
	dev_t device;
	ino_t number;
	struct inode *inode;
};

struct directory_state {
	struct rootfs *rootfs;
	void *seen;                    /* a tsearch(3) tree of struct seen */
	char path[MAX_PATH_BYTES + 1]; /* of what is being looked at, from the top; for messages */
	size_t path_length;
	unsigned char *buffer;
	uint64_t entries, bytes;
};

static int failed(const struct directory_state *s, int error, const char *what)
{
	return fail_errno(error, "%s/%s: cannot %s", s->rootfs->options->dir, s->path, what);
}

/* Go down to an entry; *@before is where to come back to. */
static int enter(struct directory_state *s, const char *name, size_t *before)
{
	size_t length = strlen(name);

	*before = s->path_length;
	if (s->path_length + length + 1 > MAX_PATH_BYTES)
		return fail("%s/%s: a path in it is longer than %u bytes (MAX_PATH_BYTES)",
		            s->rootfs->options->dir, s->path, MAX_PATH_BYTES);
	if (s->path_length)
		s->path[s->path_length++] = '/';
	memcpy(s->path + s->path_length, name, length + 1);
	s->path_length += length;
	return 0;
}

static void leave(struct directory_state *s, size_t before)
{
	s->path_length = before;
	s->path[before] = '\0';
}

static int compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* The entry for an inode with several names; its inode is NULL when it is new. */
static struct seen *look_up(struct directory_state *s, const struct stat *st)
{
	struct seen *new = calloc(1, sizeof(*new)), **found;

	if (!new)
		return NULL;
	new->device = st->st_dev;
	new->number = st->st_ino;
	found = tsearch(new, &s->seen, compare_seen);
	if (!found || *found != new)
		free(new);
	return found ? *found : NULL;
}

/* Bytes that are not in a hole, as blocks. */
static int count_data(struct directory_state *s, int fd, uint64_t size, uint64_t *blocks)
{
	off_t at = 0;

	*blocks = 0;
	while ((uint64_t)at < size) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			return 0;
		hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			return failed(s, errno, "find its holes");
		*blocks += (uint64_t)(hole - data) / BLOCK + 2;
		at = hole;
	}
	return 0;
}

static int describe_file(struct directory_state *s, int dir, const char *name,
                         const struct stat *st, struct inode *inode)
{
	_cleanup_fd_ int fd = -1;

	if ((uint64_t)st->st_size > MAX_FILE_BYTES_IN_TREE)
		return failed(s, EFBIG, "copy it");
	inode->size = (uint64_t)st->st_size;
	inode->source = 1; /* to be copied */
	inode->data_blocks = (inode->size + BLOCK - 1) / BLOCK;
	if ((uint64_t)st->st_blocks * 512 >= inode->size)
		return 0;
	fd = openat(dir, name, OPEN_FILE);
	if (fd < 0)
		return failed(s, errno, "open it");
	return count_data(s, fd, inode->size, &inode->data_blocks);
}

static int describe_link(struct directory_state *s, int dir, const char *name, struct inode *inode)
{
	char target[MAX_PATH_BYTES + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return failed(s, errno, "read it");
	if ((size_t)n == sizeof(target))
		return failed(s, ENAMETOOLONG, "read it");
	inode->target = strndup(target, (size_t)n);
	return inode->target ? 0 : failed(s, ENOMEM, "read it");
}

static void describe_owner_and_time(const struct rootfs *r, const struct stat *st,
                                    struct inode *inode)
{
	inode->mode = st->st_mode;
	inode->uid = r->options->has_owner ? r->options->uid : st->st_uid;
	inode->gid = r->options->has_owner ? r->options->gid : st->st_gid;
	inode->mtime = st->st_mtim.tv_sec;
	inode->mtime_nsec = (uint32_t)st->st_mtim.tv_nsec;
	if (inode->mtime >= r->latest) {
		inode->mtime = r->latest;
		inode->mtime_nsec = 0;
	}
}

static int describe(struct directory_state *s, int dir, const char *name, const struct stat *st,
                    struct inode *inode)
{
	int r;

	describe_owner_and_time(s->rootfs, st, inode);
	r = file_xattrs_read(dir, name, &inode->xattrs);
	if (r < 0)
		return failed(s, -r, "read its attributes");
	if (S_ISREG(st->st_mode))
		return describe_file(s, dir, name, st, inode);
	if (S_ISLNK(st->st_mode))
		return describe_link(s, dir, name, inode);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		if (s->rootfs->options->no_devices)
			return fail("%s/%s: it is a device, and --no-devices was given",
			            s->rootfs->options->dir, s->path);
		inode->major = major(st->st_rdev);
		inode->minor = minor(st->st_rdev);
	}
	return 0;
}

static int count(struct directory_state *s, const struct stat *st)
{
	const struct merge_limits *limits = &s->rootfs->options->limits;

	if (++s->entries > limits->entries)
		return fail("%s/%s: there are more than %" PRIu64 " entries (--max-entries)",
		            s->rootfs->options->dir, s->path, limits->entries);
	if (S_ISREG(st->st_mode))
		s->bytes += (uint64_t)st->st_blocks * 512;
	if (s->bytes > limits->bytes)
		return fail("%s/%s: files have more than %" PRIu64 " bytes (--max-bytes)",
		            s->rootfs->options->dir, s->path, limits->bytes);
	return 0;
}

static int scan_directory(struct directory_state *s, int fd, struct inode *dir);

static int scan_subdirectory(struct directory_state *s, int dir, const char *name,
                             struct inode *inode)
{
	_cleanup_fd_ int fd = openat(dir, name, OPEN_DIR);

	if (fd < 0)
		return failed(s, errno, "open it");
	if (inode->depth > MAX_TREE_DEPTH)
		return fail("%s/%s: it is within more than %u directories (MAX_TREE_DEPTH)",
		            s->rootfs->options->dir, s->path, MAX_TREE_DEPTH);
	return scan_directory(s, fd, inode);
}

static int scan_entry(struct directory_state *s, int dir_fd, struct inode *dir, const char *name)
{
	struct tree *tree = &s->rootfs->tree;
	struct seen *seen = NULL;
	struct inode *inode = NULL;
	struct stat st;
	int r;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(s, errno, "look at it");
	r = count(s, &st);
	if (r < 0)
		return r;
	if (!S_ISDIR(st.st_mode) && st.st_nlink > 1) {
		seen = look_up(s, &st);
		if (!seen)
			return failed(s, ENOMEM, "look at it");
		inode = seen->inode;
		if (inode && inode->names >= MAX_HARD_LINKS)
			return fail("%s/%s: it has more than %u names (MAX_HARD_LINKS)",
			            s->rootfs->options->dir, s->path, MAX_HARD_LINKS);
	}
	if (!inode) {
		inode = tree_new_inode(tree, st.st_mode, 1);
		if (!inode)
			return failed(s, ENOMEM, "look at it");
		r = describe(s, dir_fd, name, &st, inode);
		if (r < 0)
			return r;
		if (seen)
			seen->inode = inode;
	}
	if (!tree_link(tree, dir, name, strlen(name), inode, 1))
		return failed(s, ENOMEM, "look at it");
	return S_ISDIR(st.st_mode) ? scan_subdirectory(s, dir_fd, name, inode) : 0;
}

static void close_stream(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}

static int scan_directory(struct directory_state *s, int fd, struct inode *dir)
{
	int copy_of_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	_cleanup_(close_stream) DIR *stream = copy_of_fd < 0 ? NULL : fdopendir(copy_of_fd);
	struct dirent *d;
	int r = 0;

	if (!stream)
		return failed(s, errno, "read it");
	while (r == 0 && (errno = 0, d = readdir(stream))) {
		size_t before;

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		r = enter(s, d->d_name, &before);
		if (r == 0)
			r = scan_entry(s, fd, dir, d->d_name);
		leave(s, before);
	}
	if (r == 0 && errno)
		return failed(s, errno, "read it");
	return r;
}

/* Each level has two descriptors while it is read. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 2 * MAX_TREE_DEPTH + 64) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int scan(struct rootfs *rootfs, void **source)
{
	struct directory_state *s = calloc(1, sizeof(*s));
	_cleanup_fd_ int fd = open(rootfs->options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int r;

	*source = s;
	if (!s)
		return fail_errno(ENOMEM, "cannot read '%s'", rootfs->options->dir);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot open '%s'", rootfs->options->dir);
	s->rootfs = rootfs;
	allow_descriptors();
	progress_step(&rootfs->progress, "reading names", 0, 0, 0);
	describe_owner_and_time(rootfs, &st, rootfs->tree.root);
	r = file_xattrs_read(fd, ".", &rootfs->tree.root->xattrs);
	if (r < 0)
		return failed(s, -r, "read its attributes");
	return scan_directory(s, fd, rootfs->tree.root);
}

static int changed(const struct directory_state *s)
{
	return fail("%s/%s: it has changed while it was read", s->rootfs->options->dir, s->path);
}

/* The bytes from @at to @end. */
static int copy_piece(struct directory_state *s, int fd, struct inode *file, off_t at, off_t end)
{
	const struct image_format *format = s->rootfs->options->format;

	while (at < end) {
		size_t wanted = end - at < (off_t)BUFFER_BYTES ? (size_t)(end - at) : BUFFER_BYTES;
		ssize_t n = pread(fd, s->buffer, wanted, at);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(s, errno, "read it");
		if (n == 0)
			return changed(s);
		hash_update(&s->rootfs->hash, &at, sizeof(at));
		hash_update(&s->rootfs->hash, s->buffer, (size_t)n);
		r = format->data(s->rootfs->writer, file, (uint64_t)at, s->buffer, (size_t)n);
		if (r < 0)
			return r;
		progress_add(&s->rootfs->progress, (uint64_t)n);
		at += n;
	}
	return 0;
}

static int copy_file(struct directory_state *s, int dir, const char *name, struct inode *file)
{
	_cleanup_fd_ int fd = openat(dir, name, OPEN_FILE);
	off_t at = 0, end = (off_t)file->size;
	struct stat st;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(s, errno, "open it");
	if (!S_ISREG(st.st_mode) || st.st_size != end)
		return changed(s);
	while (at < end && r == 0) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break;
		hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			return failed(s, errno, "find its holes");
		r = copy_piece(s, fd, file, data, hole < end ? hole : end);
		at = hole;
	}
	file->source = 0;
	return r < 0 ? r : s->rootfs->options->format->end_file(s->rootfs->writer, file);
}

static int copy_directory(struct directory_state *s, int fd, const struct inode *dir);

static int copy_entry(struct directory_state *s, int dir, const struct name *name)
{
	_cleanup_fd_ int fd = -1;

	if (S_ISREG(name->inode->mode))
		return name->inode->source ? copy_file(s, dir, name->text, name->inode) : 0;
	if (!S_ISDIR(name->inode->mode) || name->layer == 0)
		return 0;
	fd = openat(dir, name->text, OPEN_DIR);
	if (fd < 0)
		return failed(s, errno, "open it");
	return copy_directory(s, fd, name->inode);
}

static int copy_directory(struct directory_state *s, int fd, const struct inode *dir)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	int r = 0;

	if (!names)
		return failed(s, ENOMEM, "read it");
	for (size_t i = 0; names[i] && r == 0; i++) {
		size_t before;

		r = enter(s, names[i]->text, &before);
		if (r == 0)
			r = copy_entry(s, fd, names[i]);
		leave(s, before);
	}
	return r;
}

static int copy(struct rootfs *rootfs, void *source)
{
	struct directory_state *s = source;
	_cleanup_fd_ int fd = open(rootfs->options->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return fail_errno(errno, "cannot open '%s'", rootfs->options->dir);
	s->buffer = malloc(BUFFER_BYTES);
	if (!s->buffer)
		return fail_errno(ENOMEM, "cannot read '%s'", rootfs->options->dir);
	progress_step(&rootfs->progress, "writing files", 0, 0, s->bytes);
	r = copy_directory(s, fd, rootfs->tree.root);
	return r < 0 ? r : tree_hash(&rootfs->tree, &rootfs->hash);
}

static void release(void *source)
{
	struct directory_state *s = source;

	if (!s)
		return;
	tdestroy(s->seen, free);
	free(s->buffer);
	free(s);
}

const struct rootfs_source directory_source = {scan, copy, release};

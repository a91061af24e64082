/* SPDX-License-Identifier: MIT */
/* A directory that is made whole or not at all. */
#include "package.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "whole.h"

#define PIECE ((size_t)1 << 16)

int package_begin(struct package *p, const char *path)
{
	size_t length = strlen(path);
	uint64_t random;

	*p = (struct package){.path = path};
	SHA256Init(&p->digest);
	while (length > 1 && path[length - 1] == '/')
		length--;
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return fail_errno(errno, "cannot write '%s'", path);
	if (asprintf(&p->temporary, "%.*s.%016" PRIx64, (int)length, path, random) < 0) {
		p->temporary = NULL;
		return fail_errno(ENOMEM, "cannot write '%s'", path);
	}
	stop_signals_hold(&p->held);
	/* Half a package is nobody's business. */
	if (mkdir(p->temporary, 0700) < 0) {
		int error = errno;

		free(steal_ptr(&p->temporary));
		return fail_errno(error, "cannot write '%s'", path);
	}
	return 0;
}

char *package_file(const struct package *p, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", p->temporary, name) < 0 ? NULL : path;
}

static int make_directories(const struct package *p, char *path)
{
	for (char *slash = path + strlen(p->temporary) + 1; (slash = strchr(slash, '/')); slash++) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
		if (r == 0 && chmod(path, 0755) < 0)
			r = -errno;
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

/* A new file of the package, open for writing. */
static int create(struct package *p, const char *name, mode_t mode)
{
	_cleanup_free_ char *path = package_file(p, name);
	_cleanup_fd_ int fd = -1;
	int r;

	if (!path)
		return fail_errno(ENOMEM, "cannot write '%s'", name);
	if (stop_signals_came(&p->held))
		return -EINTR; /* silently: it says itself why vmconfig ends */
	r = make_directories(p, path);
	if (r < 0)
		return fail_errno(-r, "cannot write '%s'", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0700);
	if (fd < 0 || fchmod(fd, mode) < 0)
		return fail_errno(errno, "cannot write '%s'", path);
	SHA256Update(&p->digest, (const uint8_t *)name, strlen(name) + 1);
	return steal_fd(&fd);
}

static int write_piece(int fd, const char *bytes, size_t length)
{
	static const char zeros[PIECE];

	if (memcmp(bytes, zeros, length) == 0)
		return lseek(fd, (off_t)length, SEEK_CUR) < 0 ? -errno : 0;
	return write_whole(fd, bytes, length);
}

/* The size is said at the end: a hole may stand there. */
static int finish(int fd, off_t size)
{
	return ftruncate(fd, size) < 0 || fsync(fd) < 0 ? -errno : 0;
}

int package_put(struct package *p, const char *name, const char *text, size_t length, mode_t mode)
{
	_cleanup_fd_ int fd = create(p, name, mode);
	int r = 0;

	if (fd < 0)
		return fd;
	SHA256Update(&p->digest, (const uint8_t *)text, length);
	for (size_t at = 0; r == 0 && at < length; at += PIECE)
		r = write_piece(fd, text + at, length - at < PIECE ? length - at : PIECE);
	if (r == 0)
		r = finish(fd, (off_t)length);
	return r < 0 ? fail_errno(-r, "cannot write '%s'", name) : 0;
}

static int copy_bytes(struct package *p, int from, int to)
{
	_cleanup_free_ char *piece = malloc(PIECE);
	off_t size = 0;

	if (!piece)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(from, piece, PIECE);
		int r;

		if (stop_signals_came(&p->held))
			return -EINTR;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return finish(to, size);
		SHA256Update(&p->digest, (const uint8_t *)piece, (size_t)n);
		r = write_piece(to, piece, (size_t)n);
		if (r < 0)
			return r;
		size += n;
	}
}

int package_copy(struct package *p, const char *name, const char *source, mode_t mode)
{
	_cleanup_fd_ int from = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_fd_ int to = -1;
	struct stat st;
	int r;

	if (from < 0 || fstat(from, &st) < 0)
		return fail_errno(errno, "cannot read '%s'", source);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return fail("cannot copy '%s': it is neither a file nor a block device", source);
	/* What not everybody may read stays so. */
	if (!(st.st_mode & S_IROTH))
		mode = 0600;
	to = create(p, name, mode);
	if (to < 0)
		return to;
	r = copy_bytes(p, from, to);
	if (r == -EINTR)
		return r; /* a signal came; all else begins anew */
	return r < 0 ? fail_errno(-r, "cannot copy '%s'", source) : 0;
}

int package_link(struct package *p, const char *name, const char *target)
{
	_cleanup_free_ char *path = package_file(p, name);
	int r = path ? make_directories(p, path) : -ENOMEM;

	if (r == 0 && symlink(target, path) < 0)
		r = -errno;
	return r < 0 ? fail_errno(-r, "cannot write '%s'", name) : 0;
}

void package_digest(const struct package *p, char text[17])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX copy = p->digest;

	SHA256Final(digest, &copy);
	for (size_t i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

int package_commit(struct package *p)
{
	/* Whatever the umask: the user that the VMM runs as is to reach its programs. */
	if (chmod(p->temporary, 0755) < 0)
		return fail_errno(errno, "cannot write '%s'", p->path);
	if (rename(p->temporary, p->path) < 0) {
		if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
			return fail("'%s' is there already: a package is not changed, make a new "
			            "one",
			            p->path);
		return fail_errno(errno, "cannot write '%s'", p->path);
	}
	free(steal_ptr(&p->temporary));
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void package_release(struct package *p)
{
	if (p->temporary)
		nftw(p->temporary, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(steal_ptr(&p->temporary));
	stop_signals_release(&p->held);
}

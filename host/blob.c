/* SPDX-License-Identifier: MIT */
/* Files of an image layout: documents by name, blobs by digest. Nothing in them is trusted. */
#include "blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "digest.h"
#include "document.h"
#include "error.h"
#include "oci_index.h"
#include "record.h"
#include "whole.h"

/* "blobs/sha512/" and 128 digits */
#define MAX_BLOB_PATH 160

static int out_of_memory(const char *name)
{
	fail_errno(ENOMEM, "cannot read '%s'", name);
	return -ENOMEM;
}

void blob_release(struct blob *b)
{
	free(b->place);
	free(b->digest);
	*b = (struct blob){0};
}

int blob_set(struct blob *b, const struct oci_descriptor *d, const char *document,
             const char *pointer)
{
	struct blob new = {.size = (uint64_t)d->size.value, .digest = strdup(d->digest)};

	if (asprintf(&new.place, "%s: %s", document, pointer) < 0)
		new.place = NULL;
	if (!new.place || !new.digest) {
		blob_release(&new);
		return out_of_memory(document);
	}
	blob_release(b);
	*b = new;
	return 0;
}

void blob_fault_release(struct blob_fault *why)
{
	free(why->message);
	*why = (struct blob_fault){0};
}

/* Say why in words; the first one stays. Return: -@error. */
static int fault(struct blob_fault *why, int error, const char *member, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int fault(struct blob_fault *why, int error, const char *member, const char *format, ...)
{
	va_list args;

	blob_fault_release(why);
	why->member = member;
	va_start(args, format);
	if (vasprintf(&why->message, format, args) < 0)
		why->message = NULL;
	va_end(args);
	return why->message ? -error : -ENOMEM;
}

/* A directory, by the first @length bytes of @name. Return: its descriptor or -errno. */
static int open_directory(int at, const char *name, size_t length)
{
	char part[MAX_BLOB_PATH];
	_cleanup_fd_ int fd = -1;
	struct stat st;

	snprintf(part, sizeof(part), "%.*s", (int)length, name);
	fd = openat(at, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISLNK(st.st_mode) ? -ELOOP : steal_fd(&fd);
}

/* Part by part, for O_NOFOLLOW is about the last one only. openat2(2) could do it at once, but
 * valgrind, by which the work is counted, may not know it. */
int layout_open_file(const struct layout *l, const char *file)
{
	_cleanup_fd_ int dir = -1;
	const char *slash;
	int fd;

	while ((slash = strchr(file, '/'))) {
		int next = open_directory(dir < 0 ? l->fd : dir, file, (size_t)(slash - file));

		if (next < 0)
			return next;
		if (dir >= 0)
			close(dir);
		dir = next;
		file = slash + 1;
	}
	/* O_NONBLOCK: a FIFO must not make us wait for a writer. */
	fd = openat(dir < 0 ? l->fd : dir, file,
	            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Open what must be a regular file, and say how long it is. Return: its descriptor or -errno. */
static int open_file(const struct layout *l, const char *file, const char *name, uint64_t *size,
                     struct blob_fault *why)
{
	_cleanup_fd_ int fd = layout_open_file(l, file);
	struct stat st;

	if (fd == -ELOOP)
		return fault(why, ELOOP, NULL,
		             "'%s' is a symbolic link, or behind one, which is not followed", name);
	if (fd < 0)
		return fault(why, -fd, NULL, "cannot open '%s': %s", name, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return fault(why, errno, NULL, "cannot open '%s': %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault(why, EINVAL, NULL, "'%s' is not a regular file", name);
	*size = (uint64_t)st.st_size;
	return steal_fd(&fd);
}

int layout_get(struct layout *l, const char *file, char **text, size_t *length, char **name,
               struct blob_fault *why)
{
	_cleanup_free_ char *full = NULL;
	_cleanup_free_ char *content = NULL;
	_cleanup_fd_ int fd = -1;
	uint64_t size = 0;
	ssize_t n;

	if (asprintf(&full, "%s/%s", l->path, file) < 0) {
		full = NULL;
		return -ENOMEM;
	}
	fd = open_file(l, file, full, &size, why);
	if (fd < 0)
		return fd;
	if (size > MAX_OCI_DOCUMENT)
		return fault(why, EFBIG, NULL, "'%s' is larger than %u bytes (MAX_OCI_DOCUMENT)",
		             full, MAX_OCI_DOCUMENT);
	content = malloc((size_t)size + 1);
	if (!content)
		return -ENOMEM;
	n = read_whole(fd, content, (size_t)size);
	if (n < 0)
		return fault(why, (int)-n, NULL, "cannot read '%s': %s", full, strerror((int)-n));
	content[n] = '\0';
	*length = (size_t)n; /* the file may have shrunk meanwhile */
	l->documents++;
	l->bytes += *length;
	*text = steal_ptr(&content);
	*name = steal_ptr(&full);
	return 0;
}

/* Where a blob is in its layout. */
struct blob_file {
	const struct digest_algorithm *algorithm;
	const char *hex;
	char path[MAX_BLOB_PATH];
};

static int find_file(const struct blob *b, struct blob_file *file, struct blob_fault *why)
{
	file->algorithm = digest_parse(b->digest, &file->hex);
	if (!file->algorithm)
		return fault(why, EINVAL, "/digest",
		             "'%.160s' is neither 'sha256:' nor 'sha512:' with its lower-case "
		             "hexadecimal digits",
		             b->digest);
	snprintf(file->path, sizeof(file->path), "blobs/%s/%s", file->algorithm->name, file->hex);
	return 0;
}

static int wrong_size(const struct blob *b, const char *name, uint64_t size, struct blob_fault *why)
{
	return fault(why, EINVAL, "/size", "is %" PRIu64 ", but '%s' has %" PRIu64 " bytes",
	             b->size, name, size);
}

static int wrong_digest(const char *name, struct blob_fault *why)
{
	return fault(why, EINVAL, "/digest", "'%s' has other content, its digest differs", name);
}

int blob_get(struct layout *l, const struct blob *b, char **text, size_t *length, char **name,
             struct blob_fault *why)
{
	_cleanup_free_ char *content = NULL;
	_cleanup_free_ char *full = NULL;
	struct blob_file file;
	int r = find_file(b, &file, why);

	if (r == 0 && b->size > MAX_OCI_DOCUMENT)
		r = fault(why, EFBIG, "/size", "'%" PRIu64 "' is more than %u (MAX_OCI_DOCUMENT)",
		          b->size, MAX_OCI_DOCUMENT);
	if (r == 0)
		r = layout_get(l, file.path, &content, length, &full, why);
	if (r < 0)
		return r;
	if (*length != b->size)
		return wrong_size(b, full, *length, why);
	if (!digest_matches(file.algorithm, file.hex, content, *length))
		return wrong_digest(full, why);
	*text = steal_ptr(&content);
	*name = steal_ptr(&full);
	return 0;
}

int blob_verify(const struct layout *l, const struct blob *b, bool content, struct blob_fault *why)
{
	_cleanup_free_ char *full = NULL;
	_cleanup_fd_ int fd = -1;
	struct blob_file file;
	uint64_t size = 0;
	int r = find_file(b, &file, why);

	if (r < 0)
		return r;
	if (asprintf(&full, "%s/%s", l->path, file.path) < 0) {
		full = NULL;
		return -ENOMEM;
	}
	fd = open_file(l, file.path, full, &size, why);
	if (fd < 0)
		return fd;
	if (size != b->size)
		return wrong_size(b, full, size, why);
	if (!content)
		return 0;
	r = digest_file_matches(file.algorithm, file.hex, fd, size);
	if (r < 0)
		return fault(why, -r, NULL, "cannot read '%s': %s", full, strerror(-r));
	return r ? 0 : wrong_digest(full, why);
}

/* Print why. Return: @error. */
static int print_fault(int error, const char *place, struct blob_fault *why)
{
	if (error == -ENOMEM || !why->message)
		error = out_of_memory(place);
	else if (why->member)
		fail("%s%s: %s", place, why->member, why->message);
	else
		fail("%s", why->message);
	blob_fault_release(why);
	return error;
}

int blob_read(struct layout *l, const struct blob *b, char **text, size_t *length, char **name)
{
	struct blob_fault why = {0};
	int r = blob_get(l, b, text, length, name, &why);

	return r < 0 ? print_fault(r, b->place, &why) : 0;
}

/* @text becomes the document's. */
static int decode(const char *name, char *text, size_t length, const struct record *rec, void *out)
{
	struct document d = {.name = strdup(name), .text = text, .length = length};
	int r = document_parse(&d);

	if (r == 0)
		r = record_decode(rec, &d.json, d.json.root, "", out, &d.problems);
	if (r == 0)
		r = problems_result(&d.problems);
	if (r == -ENOMEM)
		out_of_memory(name);
	else
		print_problems(name, &d.problems);
	document_release(&d);
	return r;
}

int blob_decode(struct layout *l, const struct blob *b, const struct record *rec, void *out,
                char **name)
{
	size_t length;
	char *text;
	int r = blob_read(l, b, &text, &length, name);

	return r == 0 ? decode(*name, text, length, rec, out) : r;
}

int layout_decode(struct layout *l, const char *file, const struct record *rec, void *out,
                  char **name)
{
	struct blob_fault why = {0};
	size_t length;
	char *text;
	int r = layout_get(l, file, &text, &length, name, &why);

	if (r < 0)
		return print_fault(r, file, &why);
	return decode(*name, text, length, rec, out);
}

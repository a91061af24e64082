/* SPDX-License-Identifier: MIT */
/* Files of an image layout: documents by name, blobs by digest. Nothing in them is trusted. */
#include "blob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

/* Open what must be a regular file, and say how long it is. */
static int open_document(const struct layout *l, const char *file, const char *name, size_t *size)
{
	/* O_NONBLOCK: a FIFO must not make us wait for a writer. */
	_cleanup_fd_ int fd =
	    openat(l->fd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return fail("'%s' is a symbolic link, which is not followed", name);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot open '%s'", name);
	if (!S_ISREG(st.st_mode))
		return fail("'%s' is not a regular file", name);
	if (st.st_size > MAX_OCI_DOCUMENT)
		return fail("'%s' is larger than %u bytes (MAX_OCI_DOCUMENT)", name,
		            MAX_OCI_DOCUMENT);
	*size = (size_t)st.st_size;
	return steal_fd(&fd);
}

/* The bytes there are, at most @length of them: the file may shrink meanwhile. */
static int read_whole(int fd, const char *name, char *text, size_t *length)
{
	size_t done = 0;

	while (done < *length) {
		ssize_t n = read(fd, text + done, *length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_errno(errno, "cannot read '%s'", name);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	text[done] = '\0';
	*length = done;
	return 0;
}

static int read_file_of(struct layout *l, const char *file, char **text, size_t *length,
                        char **name)
{
	_cleanup_free_ char *full = NULL;
	_cleanup_free_ char *content = NULL;
	_cleanup_fd_ int fd = -1;
	int r;

	if (asprintf(&full, "%s/%s", l->path, file) < 0) {
		full = NULL;
		return out_of_memory(file);
	}
	fd = open_document(l, file, full, length);
	if (fd < 0)
		return fd;
	content = malloc(*length + 1);
	if (!content)
		return out_of_memory(full);
	r = read_whole(fd, full, content, length);
	if (r < 0)
		return r;
	l->documents++;
	l->bytes += *length;
	*text = steal_ptr(&content);
	*name = steal_ptr(&full);
	return 0;
}

int blob_read(struct layout *l, const struct blob *b, char **text, size_t *length, char **name)
{
	const struct digest_algorithm *algorithm;
	_cleanup_free_ char *content = NULL;
	_cleanup_free_ char *full = NULL;
	char file[MAX_BLOB_PATH];
	const char *hex;
	int r;

	algorithm = digest_parse(b->digest, &hex);
	if (!algorithm)
		return fail("%s/digest: '%.160s' is neither 'sha256:' nor 'sha512:' with its "
		            "lower-case hexadecimal digits",
		            b->place, b->digest);
	if (b->size > MAX_OCI_DOCUMENT)
		return fail("%s/size: '%" PRIu64 "' is more than %u (MAX_OCI_DOCUMENT)", b->place,
		            b->size, MAX_OCI_DOCUMENT);
	snprintf(file, sizeof(file), "blobs/%s/%s", algorithm->name, hex);
	r = read_file_of(l, file, &content, length, &full);
	if (r < 0)
		return r;
	if (*length != b->size)
		return fail("%s/size: is %" PRIu64 ", but '%s' has %zu bytes", b->place, b->size,
		            full, *length);
	if (!digest_matches(algorithm, hex, content, *length))
		return fail("%s/digest: '%s' has other content, its digest differs", b->place,
		            full);
	*text = steal_ptr(&content);
	*name = steal_ptr(&full);
	return 0;
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
	size_t length;
	char *text;
	int r = read_file_of(l, file, &text, &length, name);

	return r == 0 ? decode(*name, text, length, rec, out) : r;
}

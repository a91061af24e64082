/* SPDX-License-Identifier: MIT */
/* From an OCI image or a directory to a filesystem image. */
#include "rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "digest.h"
#include "error.h"
#include "interrupt.h"
#include "option.h"
#include "replacement.h"

/* Layers are what their layout's readers may read; a directory may hold what not everybody may. */
#define LAYERS_MODE    0644
#define DIRECTORY_MODE 0600

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static int read_epoch(struct rootfs *r)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	long long epoch;

	r->time = 1; /* 0 makes libext2fs ask the clock */
	r->latest = INT64_MAX;
	if (!text || !*text)
		return 0;
	if (parse_number(text, 0, UINT32_MAX, &epoch) < 0)
		return fail("SOURCE_DATE_EPOCH: '%s' is no number of seconds within 0..%u", text,
		            UINT32_MAX);
	r->latest = epoch;
	r->time = epoch > 0 ? epoch : 1;
	return 0;
}

/* What has no name, as vmconfig run gives it, is gone with the machine: no disk need have it. */
static int sync_image(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_nlink == 0)
		return 0;
	return fsync(fd);
}

static int write_image(struct rootfs *r, const struct rootfs_source *source, void *state, int fd)
{
	const struct rootfs_options *o = r->options;
	struct image_request request = {
	    .path = o->output,
	    .fd = fd,
	    .time = r->time,
	    .label = o->label,
	    .uuid = o->has_uuid ? o->uuid : NULL,
	    .size = o->size,
	    .headroom = o->headroom,
	    .headroom_percent = o->headroom_percent,
	    .journal = o->journal,
	    .compression = o->compression,
	    .max_bytes = o->limits.bytes,
	};
	unsigned char digest[MAX_DIGEST_BYTES];
	int error = o->format->begin(&request, &r->tree, &r->writer);

	if (error == 0)
		error = source->copy(r, state);
	if (error == 0) {
		progress_step(&r->progress, "syncing", 0, 0, 0);
		hash_finish(&r->hash, digest);
		error = o->format->finish(r->writer, digest);
	}
	o->format->release(r->writer);
	if (error == 0 && sync_image(fd) < 0)
		error = fail_errno(errno, "cannot write '%s'", o->output);
	return error;
}

/* Standard output is whoever's opened it, and so is what to do with half an image. */
static int fill_output(struct rootfs *r, const struct rootfs_source *source, void *state)
{
	struct stat st;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	/* Tools that write images get a standard output of their own. */
	_cleanup_fd_ int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (flags < 0 || fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot write to standard output");
	if (!S_ISREG(st.st_mode) || (flags & O_APPEND))
		return fail("cannot write to standard output: it is no file that can be written "
		            "in any order");
	if (ftruncate(fd, 0) < 0)
		return fail_errno(errno, "cannot write to standard output");
	signal(SIGXFSZ, SIG_IGN);
	return write_image(r, source, state, fd);
}

/* Nothing is created before all names have been read and found good. */
static int create_image(struct rootfs *r, const struct rootfs_source *source, void *state)
{
	struct replacement replacement;
	_cleanup_fd_ int fd = -1;
	int error;

	interrupt_hold();
	fd = replacement_open(&replacement, r->options->output,
	                      r->options->dir ? DIRECTORY_MODE : LAYERS_MODE);
	interrupt_arm(&replacement);
	error = fd < 0 ? fd : write_image(r, source, state, fd);
	if (error == 0)
		error = replacement_commit(&replacement);
	replacement_release(&replacement);
	interrupt_disarm();
	return error;
}

int rootfs_make(const struct rootfs_options *options)
{
	const struct rootfs_source *source = options->image ? &layers_source : &directory_source;
	struct rootfs r = {.options = options};
	void *state = NULL;
	int error = read_epoch(&r);

	if (error)
		return error;
	hash_init(&r.hash, NULL);
	progress_begin(&r.progress, options->quiet);
	if (tree_init(&r.tree, r.time) < 0)
		error = fail_errno(ENOMEM, "cannot write '%s'", options->output);
	if (error == 0)
		error = source->scan(&r, &state);
	if (error == 0)
		error = strcmp(options->output, "-") == 0 ? fill_output(&r, source, state)
		                                          : create_image(&r, source, state);
	progress_end(&r.progress);
	source->release(state);
	tree_release(&r.tree);
	return error;
}

/* SPDX-License-Identifier: MIT */
/* Config disks: choosing the form, writing the file, telling which form a file has. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "cleanup.h"
#include "contract.h"
#include "disk_form.h"
#include "error.h"
#include "replace_file.h"
#include "whole.h"

static const struct disk_form_row *const forms[] = {
    [DISK_EXT4] = &form_ext4,
    [DISK_RAW] = &form_raw,
    [DISK_CPIO] = &form_cpio,
    [DISK_SQUASHFS] = &form_squashfs,
};

#define FORM_COUNT (sizeof(forms) / sizeof(forms[0]))

int disk_form_parse(const char *name, enum disk_form *form)
{
	for (size_t i = 0; i < FORM_COUNT; i++) {
		if (strcmp(forms[i]->name, name) != 0)
			continue;
		*form = (enum disk_form)i;
		return 0;
	}
	return -EINVAL;
}

int disk_allocate(struct disk_image *image, size_t size)
{
	image->bytes = calloc(1, size);
	if (!image->bytes)
		return fail_errno(ENOMEM, "cannot make a config disk of %zu bytes", size);
	image->size = size;
	return 0;
}

int disk_make(enum disk_form form, const char *json, size_t length, struct disk_image *image)
{
	int r;

	*image = (struct disk_image){0};
	if (length > MAX_CONFIG_BYTES)
		return fail("cannot make a config disk: the config is larger than %u bytes "
		            "(MAX_CONFIG_BYTES)",
		            MAX_CONFIG_BYTES);
	r = forms[form]->make(json, length, image);
	if (r < 0) {
		free(image->bytes);
		*image = (struct disk_image){0};
	}
	return r;
}

int disk_write(const char *path, enum disk_form form, const char *json, size_t length)
{
	struct disk_image image;
	int r = disk_make(form, json, length, &image);

	if (r == 0)
		r = replace_file(path, image.bytes, image.size);
	free(image.bytes);
	return r;
}

/* Return: 0, 1 when it is nothing that holds a disk, or -errno. */
static int open_source(struct disk_source *s)
{
	struct stat st;

	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	s->fd = open(s->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return fail_errno(errno, "cannot open '%s'", s->path);
	if (S_ISDIR(st.st_mode)) {
		fail("'%s' is a directory", s->path);
		return -EISDIR;
	}
	if (S_ISREG(st.st_mode)) {
		s->size = (uint64_t)st.st_size;
		return 0;
	}
	if (!S_ISBLK(st.st_mode))
		return 1;
	if (ioctl(s->fd, BLKGETSIZE64, &s->size) < 0)
		return fail_errno(errno, "cannot get the size of '%s'", s->path);
	return 0;
}

int disk_read_at(const struct disk_source *source, uint64_t offset, size_t length, char **text)
{
	_cleanup_free_ char *bytes = NULL;
	ssize_t n;

	if (offset > source->size || length > source->size - offset)
		return fail("%s: ends before byte %zu of the config", source->path, length);
	bytes = malloc(length + 1);
	if (!bytes)
		return fail_errno(ENOMEM, "cannot read '%s'", source->path);
	n = read_whole_at(source->fd, bytes, length, offset);
	if (n < 0)
		return fail_errno((int)-n, "cannot read '%s'", source->path);
	if ((size_t)n < length)
		return fail("%s: ends before byte %zu of the config", source->path, length);
	bytes[length] = '\0';
	*text = steal_ptr(&bytes);
	return 0;
}

int disk_read(const char *path, char **json, size_t *length)
{
	struct disk_source source = {.path = path, .fd = -1};
	int r = open_source(&source);

	if (r == 0) {
		r = 1;
		for (size_t i = 0; r == 1 && i < FORM_COUNT; i++)
			r = forms[i]->read(&source, json, length);
	}
	if (source.fd >= 0)
		close(source.fd);
	return r;
}

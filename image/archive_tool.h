/* SPDX-License-Identifier: MIT */
/*
 * Formats that a tool writes: a child process, which reads an archive of the
 * merged tree on its standard input as it is made.
 */
#ifndef VMCONFIG_ARCHIVE_TOOL_H
#define VMCONFIG_ARCHIVE_TOOL_H

#include <stdbool.h>

#include "image_format.h"

struct archive;

struct archive_tool {
	const char *format;
	const char *program;
	const char *package; /* that has it, for messages */
	bool no_acls;        /* has no place for them */
	bool exact;          /* takes the root directory, and times of any year with nanoseconds */
	/* Give archive_run() the program and its arguments. Return: what that does, or -errno. */
	int (*start)(struct archive *archive, const struct image_request *request,
	             const struct tree *tree);
};

/*
 * archive_run() - start the program. The archive is its standard input, the image /proc/self/fd/3.
 * @words: NULL ends them
 */
int archive_run(struct archive *archive, const char *const *words);

/* archive_begin() - start the tool; the rest are functions of an image_format as they are. */
int archive_begin(const struct archive_tool *tool, const struct image_request *request,
                  struct tree *tree, void **writer);
int archive_data(void *writer, struct inode *file, uint64_t offset, const void *bytes,
                 size_t length);
int archive_end_file(void *writer, struct inode *file);
int archive_finish(void *writer, const unsigned char *digest);
void archive_release(void *writer);

#endif

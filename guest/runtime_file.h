/* SPDX-License-Identifier: MIT */
/* Texts for files under /run, made piece by piece. */
#ifndef VMCONFIG_RUNTIME_FILE_H
#define VMCONFIG_RUNTIME_FILE_H

#include <stdio.h>
#include <sys/types.h>

/* A text under construction; running out of memory shows at its end. */
struct runtime_file {
	FILE *file; /* NULL: none could be made; write to it by runtime_file_put() only */
	char *data;
	size_t length;
};

void runtime_file_begin(struct runtime_file *f);

void runtime_file_put(struct runtime_file *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * runtime_file_end() - put it in its place, at once and whole; parents are made.
 * @root_fd: what @path begins from
 *
 * Return: 0 or -errno.
 */
int runtime_file_end(struct runtime_file *f, int root_fd, const char *path, mode_t mode);

/* runtime_file_drop() - instead of runtime_file_end(): there is nothing to say. */
void runtime_file_drop(struct runtime_file *f);

#endif

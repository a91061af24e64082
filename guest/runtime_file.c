/* SPDX-License-Identifier: MIT */
/* Texts for files under /run, made piece by piece. */
#include "runtime_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include "beneath.h"

void runtime_file_begin(struct runtime_file *f)
{
	*f = (struct runtime_file){0};
	f->file = open_memstream(&f->data, &f->length);
}

void runtime_file_put(struct runtime_file *f, const char *format, ...)
{
	va_list args;

	if (!f->file)
		return;
	va_start(args, format);
	vfprintf(f->file, format, args);
	va_end(args);
}

/* Return: whether the text is whole. */
static bool finish(struct runtime_file *f)
{
	bool failed = !f->file || ferror(f->file);

	if (f->file && fclose(f->file) != 0)
		failed = true;
	f->file = NULL;
	return !failed;
}

void runtime_file_drop(struct runtime_file *f)
{
	finish(f);
	free(f->data);
	*f = (struct runtime_file){0};
}

int runtime_file_end(struct runtime_file *f, int root_fd, const char *path, mode_t mode)
{
	int r = finish(f) ? beneath_replace(root_fd, path, f->data, f->length, mode) : -ENOMEM;

	runtime_file_drop(f);
	return r;
}

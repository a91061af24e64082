/* SPDX-License-Identifier: MIT */
/* Reading a cpio archive in the "newc" form; pure. */
#include "newc_reader.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAGIC       "070701"
#define HEADER_SIZE 110
#define TRAILER     "TRAILER!!!"

/* The fields of a header, eight hexadecimal digits each, after the magic. */
enum { MODE = 1, LINKS = 4, FILE_SIZE = 6, NAME_SIZE = 11 };

static bool take_field(const char *header, int field, uint32_t *value)
{
	const char *digits = header + strlen(MAGIC) + (size_t)field * 8;

	*value = 0;
	for (int i = 0; i < 8; i++) {
		char c = digits[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* Move on by @length, and to the next multiple of four. Return: whether that is in the archive. */
static bool skip(struct newc *a, size_t length)
{
	if (length > a->size - a->at)
		return false;
	a->at += length;
	while (a->at % 4 && a->at < a->size)
		a->at++;
	return true;
}

int newc_next(struct newc *a, struct newc_entry *e)
{
	const char *header = a->data + a->at;
	uint32_t mode, links, size, name_size;

	if (a->size - a->at < HEADER_SIZE || memcmp(header, MAGIC, strlen(MAGIC)) != 0 ||
	    !take_field(header, MODE, &mode) || !take_field(header, LINKS, &links) ||
	    !take_field(header, FILE_SIZE, &size) || !take_field(header, NAME_SIZE, &name_size))
		return -EINVAL;
	e->name = header + HEADER_SIZE;
	if (name_size == 0 || name_size > PATH_MAX || !skip(a, HEADER_SIZE + (size_t)name_size) ||
	    strnlen(e->name, name_size) != name_size - 1)
		return -EINVAL;
	if (strcmp(e->name, TRAILER) == 0)
		return 0;
	e->mode = mode;
	e->links = links;
	e->data = a->data + a->at;
	e->size = size;
	return skip(a, size) ? 1 : -EINVAL;
}

/* SPDX-License-Identifier: MIT */
/* Whether a text is JSON, where it is not, and where its values start. */
#ifndef VMCONFIG_JSON_SCAN_H
#define VMCONFIG_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct json_scan {
	const unsigned char *text;
	size_t length;
	size_t at;
	size_t *values; /* offsets in document order, for free() */
	size_t value_count;
	const char *error; /* what is wrong at @at */
	bool out_of_memory;
};

/*
 * json_scan() - look through the text.
 * @s: text and length are set, all else is zero
 *
 * Return: whether it is JSON; else the error or out_of_memory says why not.
 */
bool json_scan(struct json_scan *s);

#endif

/* SPDX-License-Identifier: MIT */
/* JSON pointers, one step longer. */
#include "json_pointer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *json_pointer_below(const char *pointer, const char *key, size_t index)
{
	char *text = NULL;
	char *to;

	if (!key)
		return asprintf(&text, "%s/%zu", pointer, index) < 0 ? NULL : text;
	text = malloc(strlen(pointer) + 2 * strlen(key) + 2);
	if (!text)
		return NULL;
	to = stpcpy(stpcpy(text, pointer), "/");
	for (; *key; key++) {
		if (*key == '~' || *key == '/')
			*to++ = '~';
		*to++ = *key == '~' ? '0' : *key == '/' ? '1' : *key;
	}
	*to = '\0';
	return text;
}

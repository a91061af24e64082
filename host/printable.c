/* SPDX-License-Identifier: MIT */
/* Text from documents made fit for a terminal. */
#include "printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *printable(const char *text)
{
	char *line = malloc(strlen(text) * 4 + 2);
	size_t n = 0;

	if (!line)
		return NULL;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* The C1 controls are two bytes in UTF-8, of which the first is c2. */
		if (c < 0x20 || c == 0x7f)
			n += (size_t)sprintf(line + n, "\\x%02x", c);
		else if (c == 0xc2 && ((unsigned char)text[1] & 0xe0) == 0x80)
			n += (size_t)sprintf(line + n, "\\u%04x", (unsigned char)*++text);
		else
			line[n++] = *text;
	}
	line[n] = '\0';
	return line;
}

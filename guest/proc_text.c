/* SPDX-License-Identifier: MIT */
/* Names and numbers as the kernel writes them into the files of /proc and /sys. */
#include "proc_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

void proc_unescape(char *path)
{
	char *to = path;

	for (; *path; path++) {
		if (path[0] == '\\' && strspn(path + 1, "01234567") >= 3) {
			*to++ =
			    (char)((path[1] - '0') << 6 | (path[2] - '0') << 3 | (path[3] - '0'));
			path += 3;
		} else {
			*to++ = *path;
		}
	}
	*to = '\0';
}

int proc_device(const char *text, dev_t *device)
{
	char *colon, *end;
	unsigned long major_number = strtoul(text, &colon, 10), minor_number;

	if (colon == text || *colon != ':')
		return -EINVAL;
	minor_number = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end)
		return -EINVAL;
	*device = makedev(major_number, minor_number);
	return 0;
}

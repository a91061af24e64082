/* SPDX-License-Identifier: MIT */
/* What systemd takes for the machine's identity: machine-id(5). */
#include "machine_id.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "beneath.h"
#include "cleanup.h"

#define PATH "/etc/machine-id"

static bool is_uninitialized(const char *text)
{
	static const char word[] = "uninitialized";
	size_t n = sizeof(word) - 1;

	return strncmp(text, word, n) == 0 && text[n + strspn(text + n, " \t\n")] == '\0';
}

int machine_id_provide(int root_fd)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r = beneath_read(root_fd, PATH, 4096, &text, &length);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && !is_uninitialized(text))
		return 0;
	return beneath_replace(root_fd, PATH, "", 0, 0444);
}

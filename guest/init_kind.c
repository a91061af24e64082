/* SPDX-License-Identifier: MIT */
/* Which init an image has, and what makes it power off. */
#include "init_kind.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

/* As glibc counts, which the images' programs are linked with; musl would begin at 35. */
#define RTMIN 34

/* systemd(1), SIGNALS; busybox's init/init.c, where USR2 is power off. An init that is neither
 * must take SIGTERM itself: the kernel keeps from PID 1 what it has no handler for. */
static const struct init_kind kinds[] = {
    {"systemd", RTMIN + 4, RTMIN + 14, 90, true},
    {"busybox", SIGUSR2, 0, 10, false},
    {NULL, SIGTERM, 0, 10, false},
};

const struct init_kind *init_kind_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const struct init_kind *kind = kinds;

	while (kind->program && strcmp(kind->program, name) != 0)
		kind++;
	return kind;
}

/* SPDX-License-Identifier: MIT */
/* Which init an image has, and what makes it power off. */
#ifndef VMCONFIG_INIT_KIND_H
#define VMCONFIG_INIT_KIND_H

#include <stdbool.h>

struct init_kind {
	const char *program; /* the file's own name, links resolved; NULL: any other */
	int stop_signal;     /* asks PID 1 to power off in an orderly way */
	int force_signal;    /* asks it to do so at once, or 0 when there is none */
	int stop_timeout_s;  /* between the two, when the config does not say */
	bool is_systemd;     /* says on its private socket when it is ready; runs our last stage */
};

/*
 * init_kind_of() - by the path that the program really has.
 * @path: links resolved
 */
const struct init_kind *init_kind_of(const char *path);

#endif

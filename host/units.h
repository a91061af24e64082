/* SPDX-License-Identifier: MIT */
/* The units with which systemd runs runner packages on this host. */
#ifndef VMCONFIG_UNITS_H
#define VMCONFIG_UNITS_H

#include <stddef.h>

#define MICROVM_STATE "/var/lib/microvms"
#define MICROVM_USER  "microvm"
#define MICROVM_GROUP "kvm"

struct host_file {
	const char *path; /* absolute */
	const char *text;
};

/* All files of the host side: units, the user, the state directory. */
extern const struct host_file host_files[];
extern const size_t host_file_count;

#endif

/* SPDX-License-Identifier: MIT */
/* The config disk of a run: a file without a name. */
#ifndef VMCONFIG_RUN_DISK_H
#define VMCONFIG_RUN_DISK_H

#include "disk.h"

struct request;

/*
 * run_disk_make() - render a request's config onto a disk that nothing leads to but a descriptor.
 * @form: with DISK_CPIO it is the request's initrd, and the config behind that
 *
 * It is made in XDG_RUNTIME_DIR, else /dev/shm, else /tmp: memory, where there
 * is some, since configs hold secrets.
 *
 * Return: an fd open for reading, or negative after printing a line.
 */
int run_disk_make(struct request *r, enum disk_form form);

/* run_scratch_directory() - that place. */
const char *run_scratch_directory(void);

#endif

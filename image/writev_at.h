/* SPDX-License-Identifier: MIT */
/* Writing all of many pieces at a place in a file. */
#ifndef VMCONFIG_WRITEV_AT_H
#define VMCONFIG_WRITEV_AT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* writev_at() - @pieces are changed. Return: 0 or -errno. */
int writev_at(int fd, struct iovec *pieces, size_t count, uint64_t offset);

#endif

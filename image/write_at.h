/* SPDX-License-Identifier: MIT */
/* Writing all of something at a place in a file. */
#ifndef VMCONFIG_WRITE_AT_H
#define VMCONFIG_WRITE_AT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* write_at(), writev_at() - @pieces are changed. Return: 0 or -errno. */
int write_at(int fd, const void *data, size_t length, uint64_t offset);
int writev_at(int fd, struct iovec *pieces, size_t count, uint64_t offset);

#endif

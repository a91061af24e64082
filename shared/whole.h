/* SPDX-License-Identifier: MIT */
/* Reading and writing all of something: what falls short goes on, what is interrupted starts again.
 */
#ifndef VMCONFIG_WHOLE_H
#define VMCONFIG_WHOLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* write_whole(), write_whole_at() - where the file is, and at @offset. Return: 0 or -errno. */
int write_whole(int fd, const void *data, size_t length);
int write_whole_at(int fd, const void *data, size_t length, uint64_t offset);

/* read_whole(), read_whole_at() - likewise. Return: bytes, fewer only at the file's end; -errno. */
ssize_t read_whole(int fd, void *data, size_t length);
ssize_t read_whole_at(int fd, void *data, size_t length, uint64_t offset);

#endif

/* SPDX-License-Identifier: MIT */
/* Writing the headers of a tar archive, POSIX pax, for a program that reads one. */
#ifndef VMCONFIG_TAR_WRITE_H
#define VMCONFIG_TAR_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct inode;

/*
 * tar_write_header() - what stands before an entry's bytes.
 * @path: of the entry, any bytes
 * @link: what it is a hard link to, or NULL
 * @exact: with times that have a pax record, of any year and with nanoseconds
 *
 * Return: 0, or -1 with errno set.
 */
int tar_write_header(FILE *out, const struct inode *inode, const char *path, const char *link,
                     bool exact);

/* tar_write_padding() - after @size bytes. Return: as tar_write_header(). */
int tar_write_padding(FILE *out, uint64_t size);

/* tar_write_end() - after the last entry. Return: as tar_write_header(). */
int tar_write_end(FILE *out);

#endif

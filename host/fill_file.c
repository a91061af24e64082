/* SPDX-License-Identifier: MIT */
/* The bytes of a file that is made in memory. */
#include "fill_file.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "whole.h"

/* The zeros at the end of a disk need no writing, nor blocks. By words: musl compares bytes. */
static size_t without_trailing_zeros(const char *data, size_t length)
{
	uint64_t word;

	while (length >= sizeof(word)) {
		memcpy(&word, data + length - sizeof(word), sizeof(word));
		if (word)
			break;
		length -= sizeof(word);
	}
	return length;
}

int fill_file(int fd, const void *data, size_t length)
{
	off_t start = lseek(fd, 0, SEEK_CUR);
	int r = start < 0 ? -errno : write_whole(fd, data, without_trailing_zeros(data, length));

	return r == 0 && ftruncate(fd, start + (off_t)length) < 0 ? -errno : r;
}

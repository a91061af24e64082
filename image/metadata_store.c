/* SPDX-License-Identifier: MIT */
/* An I/O manager for libext2fs that keeps what is written. */
#include "metadata_store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "writev_at.h"

/* Blocks of one writev(2). */
#define BATCH 256

/* The block's bytes; NULL when out of memory, or when there is none and @create is not set. */
static unsigned char *store_block(struct store *store, uint64_t number, bool create)
{
	size_t shelf = (size_t)(number / STORE_SHELF);
	unsigned char **block;

	if (shelf >= store->shelf_count) {
		unsigned char ***grown;

		if (!create)
			return NULL;
		grown = reallocarray(store->shelves, shelf + 1, sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + store->shelf_count, 0,
		       (shelf + 1 - store->shelf_count) * sizeof(*grown));
		store->shelves = grown;
		store->shelf_count = shelf + 1;
	}
	if (!store->shelves[shelf]) {
		if (!create)
			return NULL;
		store->shelves[shelf] = calloc(STORE_SHELF, sizeof(**store->shelves));
		if (!store->shelves[shelf])
			return NULL;
	}
	block = &store->shelves[shelf][number % STORE_SHELF];
	if (!*block && create)
		*block = calloc(1, STORE_BLOCK);
	return *block;
}

void store_release(struct store *store)
{
	for (size_t i = 0; i < store->shelf_count; i++) {
		for (size_t j = 0; store->shelves[i] && j < STORE_SHELF; j++)
			free(store->shelves[i][j]);
		free(store->shelves[i]);
	}
	free(store->shelves);
	*store = (struct store){0};
}

/* Blocks beside each other go out together. */
static int flush_shelf(unsigned char *const *shelf, uint64_t first, int fd)
{
	struct iovec pieces[BATCH];
	size_t i = 0;

	while (i < STORE_SHELF) {
		size_t count = 0;
		int r;

		while (i < STORE_SHELF && !shelf[i])
			i++;
		while (count < BATCH && i + count < STORE_SHELF && shelf[i + count]) {
			pieces[count] = (struct iovec){shelf[i + count], STORE_BLOCK};
			count++;
		}
		r = writev_at(fd, pieces, count, (first + i) * STORE_BLOCK);
		if (r < 0)
			return r;
		i += count;
	}
	return 0;
}

int store_flush(const struct store *store, int fd)
{
	int r = 0;

	for (size_t i = 0; i < store->shelf_count && r == 0; i++)
		if (store->shelves[i])
			r = flush_shelf(store->shelves[i], (uint64_t)i * STORE_SHELF, fd);
	return r;
}

static errcode_t io_open(const char *name, int flags, io_channel *channel)
{
	io_channel io = calloc(1, sizeof(*io));

	(void)name;
	(void)flags;
	if (!io)
		return EXT2_ET_NO_MEMORY;
	io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	io->manager = store_io;
	io->block_size = EXT2_MIN_BLOCK_SIZE;
	io->refcount = 1;
	*channel = io;
	return 0;
}

static errcode_t io_close(io_channel io)
{
	if (--io->refcount == 0)
		free(io);
	return 0;
}

static errcode_t io_set_block_size(io_channel io, int block_size)
{
	io->block_size = block_size;
	return 0;
}

static errcode_t io_flush(io_channel io)
{
	(void)io;
	return 0;
}

/* libext2fs counts in blocks, or in bytes when the count is negative. */
static size_t request_bytes(const struct struct_io_channel *io, int count)
{
	return count < 0 ? (size_t) - (long)count : (size_t)count * (size_t)io->block_size;
}

static errcode_t io_read64(io_channel io, unsigned long long block, int count, void *data)
{
	uint64_t at = block * (uint64_t)io->block_size;
	size_t left = request_bytes(io, count);
	unsigned char *to = data;

	while (left) {
		size_t inside = (size_t)(at % STORE_BLOCK), n = STORE_BLOCK - inside;
		const unsigned char *from = store_block(io->private_data, at / STORE_BLOCK, false);

		n = n < left ? n : left;
		if (from)
			memcpy(to, from + inside, n);
		else
			memset(to, 0, n);
		to += n;
		at += n;
		left -= n;
	}
	return 0;
}

static errcode_t io_write64(io_channel io, unsigned long long block, int count, const void *data)
{
	uint64_t at = block * (uint64_t)io->block_size;
	size_t left = request_bytes(io, count);
	const unsigned char *from = data;

	while (left) {
		size_t inside = (size_t)(at % STORE_BLOCK), n = STORE_BLOCK - inside;
		unsigned char *to = store_block(io->private_data, at / STORE_BLOCK, true);

		if (!to)
			return EXT2_ET_NO_MEMORY;
		n = n < left ? n : left;
		memcpy(to + inside, from, n);
		from += n;
		at += n;
		left -= n;
	}
	return 0;
}

static errcode_t io_read(io_channel io, unsigned long block, int count, void *data)
{
	return io_read64(io, block, count, data);
}

static errcode_t io_write(io_channel io, unsigned long block, int count, const void *data)
{
	return io_write64(io, block, count, data);
}

/* All of the file is zeros until something is written. */
static errcode_t io_zeroout(io_channel io, unsigned long long block, unsigned long long count)
{
	(void)io;
	(void)block;
	(void)count;
	return 0;
}

static struct struct_io_manager manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "image",
    .open = io_open,
    .close = io_close,
    .set_blksize = io_set_block_size,
    .read_blk = io_read,
    .write_blk = io_write,
    .flush = io_flush,
    .read_blk64 = io_read64,
    .write_blk64 = io_write64,
    .zeroout = io_zeroout,
};

const io_manager store_io = &manager;

void store_attach(ext2_filsys fs, struct store *store)
{
	fs->io->private_data = store;
}

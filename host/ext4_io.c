/* SPDX-License-Identifier: MIT */
/* I/O managers for libext2fs. */
#include "ext4_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "whole.h"

struct reader {
	int fd;
	unsigned long long budget; /* bytes that may still be read */
};

static errcode_t channel_open(io_manager manager, void *data, io_channel *channel)
{
	io_channel io = calloc(1, sizeof(*io));

	if (!io)
		return EXT2_ET_NO_MEMORY;
	io->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	io->manager = manager;
	io->block_size = EXT2_MIN_BLOCK_SIZE;
	io->refcount = 1;
	io->private_data = data;
	*channel = io;
	return 0;
}

static errcode_t channel_set_block_size(io_channel io, int block_size)
{
	io->block_size = block_size;
	return 0;
}

static errcode_t channel_flush(io_channel io)
{
	(void)io;
	return 0;
}

/* libext2fs counts in blocks, or in bytes when the count is negative. */
static size_t request_bytes(const struct struct_io_channel *io, int count)
{
	return count < 0 ? (size_t) - (long)count : (size_t)count * (size_t)io->block_size;
}

static errcode_t memory_open(const char *name, int flags, io_channel *channel)
{
	(void)name;
	(void)flags;
	return channel_open(disk_memory_io, NULL, channel);
}

static errcode_t memory_close(io_channel io)
{
	if (--io->refcount == 0)
		free(io);
	return 0;
}

/* Where in the image a request falls, or NULL when it does not. */
static unsigned char *memory_at(io_channel io, unsigned long long block, size_t bytes)
{
	const struct disk_image *image = io->private_data;

	if (!image || bytes > image->size ||
	    block > (image->size - bytes) / (unsigned long long)io->block_size)
		return NULL;
	return image->bytes + block * (unsigned long long)io->block_size;
}

static errcode_t memory_read64(io_channel io, unsigned long long block, int count, void *data)
{
	size_t bytes = request_bytes(io, count);
	const unsigned char *from = memory_at(io, block, bytes);

	if (!from)
		return EXT2_ET_SHORT_READ;
	memcpy(data, from, bytes);
	return 0;
}

static errcode_t memory_write64(io_channel io, unsigned long long block, int count,
                                const void *data)
{
	size_t bytes = request_bytes(io, count);
	unsigned char *to = memory_at(io, block, bytes);

	if (!to)
		return EXT2_ET_SHORT_WRITE;
	memcpy(to, data, bytes);
	return 0;
}

static errcode_t memory_read(io_channel io, unsigned long block, int count, void *data)
{
	return memory_read64(io, block, count, data);
}

static errcode_t memory_write(io_channel io, unsigned long block, int count, const void *data)
{
	return memory_write64(io, block, count, data);
}

static errcode_t reader_open(const char *name, int flags, io_channel *channel)
{
	struct reader *reader = malloc(sizeof(*reader));
	errcode_t error = EXT2_ET_NO_MEMORY;

	(void)flags;
	if (reader) {
		*reader = (struct reader){.fd = atoi(name), .budget = DISK_READ_BUDGET};
		error = channel_open(disk_reader_io, reader, channel);
	}
	if (error)
		free(reader);
	return error;
}

static errcode_t reader_close(io_channel io)
{
	if (--io->refcount == 0) {
		free(io->private_data);
		free(io);
	}
	return 0;
}

static errcode_t reader_read64(io_channel io, unsigned long long block, int count, void *data)
{
	unsigned long long block_size = (unsigned long long)io->block_size;
	struct reader *reader = io->private_data;
	size_t bytes = request_bytes(io, count);
	ssize_t n;

	if (bytes > reader->budget)
		return DISK_BUDGET_SPENT;
	reader->budget -= bytes;
	if (block > (unsigned long long)INT64_MAX / block_size - bytes)
		return EXT2_ET_SHORT_READ;
	n = read_whole_at(reader->fd, data, bytes, block * block_size);
	if (n < 0)
		return -n;
	return (size_t)n < bytes ? EXT2_ET_SHORT_READ : 0;
}

static errcode_t reader_read(io_channel io, unsigned long block, int count, void *data)
{
	return reader_read64(io, block, count, data);
}

static errcode_t reader_write64(io_channel io, unsigned long long block, int count,
                                const void *data)
{
	(void)io;
	(void)block;
	(void)count;
	(void)data;
	return EXT2_ET_RO_FILSYS;
}

static errcode_t reader_write(io_channel io, unsigned long block, int count, const void *data)
{
	return reader_write64(io, block, count, data);
}

static struct struct_io_manager memory_manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .set_blksize = channel_set_block_size,
    .read_blk = memory_read,
    .write_blk = memory_write,
    .flush = channel_flush,
    .read_blk64 = memory_read64,
    .write_blk64 = memory_write64,
};

static struct struct_io_manager reader_manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "reader",
    .open = reader_open,
    .close = reader_close,
    .set_blksize = channel_set_block_size,
    .read_blk = reader_read,
    .write_blk = reader_write,
    .flush = channel_flush,
    .read_blk64 = reader_read64,
    .write_blk64 = reader_write64,
};

const io_manager disk_memory_io = &memory_manager;
const io_manager disk_reader_io = &reader_manager;

void disk_memory_attach(ext2_filsys fs, struct disk_image *image)
{
	fs->io->private_data = image;
}

const char *disk_error(errcode_t code)
{
	if (code == DISK_BUDGET_SPENT)
		return "its blocks lead in circles, or there are far too many";
	initialize_ext2_error_table();
	return error_message(code);
}

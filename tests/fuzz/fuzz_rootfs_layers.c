/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as two layers, merged, and the filesystem that is made of them.
 * The first two bytes of the input say how long the first layer is.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "complaint.h"
#include "image_format.h"
#include "merge.h"
#include "tar.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes of a tree nothing that takes long: the fuzzer shall run often. */
#define MOST_BYTES   (1u << 20)
#define MOST_ENTRIES 200u

static void demand(bool truth)
{
	if (!truth)
		abort();
}

/* The archive comes in pieces of odd lengths, as from a decompressor. */
struct memory {
	const uint8_t *data;
	size_t length;
};

static int memory_next(void *arg, const unsigned char **data, size_t *length)
{
	struct memory *m = arg;
	size_t n = m->length < 700 ? m->length : 700;

	*data = m->data;
	*length = n;
	m->data += n;
	m->length -= n;
	return 0;
}

static void check_data(struct tar *t)
{
	const unsigned char *bytes;
	uint64_t offset = 0, end = 0;
	size_t length;

	while (tar_data(t, &bytes, &length, &offset) == 0 && length) {
		demand(offset >= end && offset + length <= t->entry.size);
		end = offset + length;
	}
}

static bool merge_layer(struct merge *m, struct memory memory)
{
	struct inode *file;
	struct tar tar;
	bool good = true;
	int r;

	tar_init(&tar, (struct tar_source){memory_next, &memory}, m->complaint);
	while (good && (r = tar_next(&tar)) != 0) {
		good = r > 0 && merge_entry(m, &tar.entry, &file) == 0;
		if (good && tar.entry.type == TAR_FILE)
			check_data(&tar);
		demand(good || m->complaint->text[0]);
	}
	tar_release(&tar);
	return good;
}

/* Return: names below. What a name leads to counts it, and a directory has but one. */
static uint64_t check_directory(const struct inode *dir)
{
	struct name **names = tree_list(dir);
	uint64_t count = 0;
	uint32_t subdirectories = 0;

	if (!names || dir->depth > MAX_TREE_DEPTH)
		abort();
	for (size_t i = 0; names[i]; i++) {
		const struct inode *inode = names[i]->inode;

		demand(names[i]->length && names[i]->length <= MAX_NAME_BYTES);
		demand(!memchr(names[i]->text, '/', names[i]->length));
		demand(strcmp(names[i]->text, ".") != 0 && strcmp(names[i]->text, "..") != 0);
		demand(strncmp(names[i]->text, ".wh.", 4) != 0);
		demand(inode->names >= 1 && S_ISLNK(inode->mode) == (inode->target != NULL));
		if (S_ISDIR(inode->mode)) {
			demand(inode->names == 1 && inode->parent == dir);
			subdirectories++;
			count += check_directory(inode);
		}
		count++;
	}
	demand(subdirectories == dir->subdirectories);
	free(names);
	return count;
}

static void make_image(struct tree *tree)
{
	static const unsigned char digest[32] = "a digest of all";
	struct image_request request = {.path = "image", .time = 1, .headroom_percent = 5};
	void *writer;

	request.fd = memfd_create("image", MFD_CLOEXEC);
	demand(request.fd >= 0);
	if (ext4_format.begin(&request, tree, &writer) == 0) {
		for (struct inode *i = tree->first; i; i = i->next)
			if (i->names && S_ISREG(i->mode) && i->size && i->size < MOST_BYTES)
				demand(ext4_format.data(writer, i, i->size - 1, "x", 1) == 0 &&
				       ext4_format.end_file(writer, i) == 0);
		ext4_format.finish(writer, digest);
	}
	ext4_format.release(writer);
	close(request.fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaint complaint = {""};
	struct tree tree;
	struct merge merge = {
	    .tree = &tree,
	    .complaint = &complaint,
	    .limits = {MOST_BYTES, MOST_ENTRIES},
	    .time = 1,
	    .latest = INT64_MAX,
	    .layer = 1,
	};
	size_t first;
	bool good;

	if (size < 2)
		return 0;
	first = (size_t)(data[0] | data[1] << 8);
	data += 2;
	size -= 2;
	first = first < size ? first : size;
	demand(tree_init(&tree, 1) == 0);
	good = merge_layer(&merge, (struct memory){data, first});
	merge.layer++;
	good = good && merge_layer(&merge, (struct memory){data + first, size - first});
	demand(check_directory(tree.root) == tree.name_count);
	if (good)
		make_image(&tree);
	tree_release(&tree);
	return 0;
}

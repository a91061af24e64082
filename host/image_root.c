/* SPDX-License-Identifier: MIT */
/* From an image's layers, or a bundle's directory, to a disk of the machine. */
#include "image_root.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache_dir.h"
#include "cleanup.h"
#include "contract.h"
#include "digest.h"
#include "disk_node.h"
#include "error.h"
#include "image_tool.h"
#include "oci_layout.h"
#include "scratch_file.h"
#include "stop_signals.h"
#include "tool.h"
#include "vm.h"
#include "vmm_kind.h"

#define ROOT_SERIAL "vmconfig-root"
#define ROOT_FSTYPE "ext4" /* what `rootfs` makes */

/* What decides about the image's bytes. The first line changes when what is made of layers does. */
static int make_key(const char *spec, char key[CACHE_KEY_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	struct oci_layers layers;
	char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r = layout_read_layers(spec, &layers);

	out = r < 0 ? NULL : open_memstream(&text, &length);
	if (out) {
		fprintf(out, "rootfs 1 " VMCONFIG_VERSION "\n");
		for (size_t i = 0; i < layers.count; i++)
			fprintf(out, "%s %s\n", layers.items[i].media_type,
			        layers.items[i].diff_id);
		fclose(out);
		digest_sha256(text, length, digest);
		for (size_t i = 0; i < sizeof(digest); i++)
			snprintf(key + 2 * i, 3, "%02x", digest[i]);
	} else if (r == 0) {
		r = fail_errno(ENOMEM, "cannot read '%s'", spec);
	}
	free(text);
	oci_layers_release(&layers);
	return r;
}

/* @option: --image or --dir. @file: takes the image */
static int make_image(const char *option, const char *spec, int file,
                      const struct held_signals *held)
{
	_cleanup_free_ char *program = image_tool_find();
	const char *words[] = {program, "rootfs", option, spec, "-o", "-", NULL};
	int r;

	if (!program)
		return -ENOENT;
	r = tool_fill(words, file, held);
	if (r > 0)
		return fail("cannot make the root filesystem of '%s'", spec);
	return r;
}

/* With the key locked. Nothing unfinished is left by a signal. */
static int make_cached(const struct cache *cache, const char *key, const char *spec)
{
	struct held_signals held = {0};
	_cleanup_fd_ int file = -1;
	int r;

	stop_signals_hold(&held);
	file = cache_begin(cache, key);
	r = file < 0 ? file : make_image("--image", spec, file, &held);
	if (r == 0)
		r = cache_commit(cache, key);
	if (r < 0)
		cache_discard(cache, key);
	stop_signals_release(&held);
	return r;
}

/*
 * @spec: has a digest, so that the image that is made is the one that the key is of
 * Return: a descriptor of the image with a shared lock, or negative after printing a line.
 */
static int find_or_make(const struct cache *cache, const char *spec, char **path)
{
	_cleanup_fd_ int lock = -1;
	char key[CACHE_KEY_BYTES];
	int fd, r = make_key(spec, key);

	if (r < 0)
		return r;
	fd = cache_get(cache, key, path);
	if (fd != -ENOENT)
		return fd;
	lock = cache_lock(cache, key);
	if (lock < 0)
		return lock;
	fd = cache_get(cache, key, path); /* somebody else has made it while we waited */
	if (fd != -ENOENT)
		return fd;
	r = make_cached(cache, key, spec);
	if (r < 0)
		return r;
	fd = cache_get(cache, key, path);
	return fd == -ENOENT ? fail("the image has gone from the cache, '%s'", cache->path) : fd;
}

static int add_disk(struct vm *vm, char *path)
{
	struct vm_disk disk = {.file = path, .serial = strdup(ROOT_SERIAL), .readonly = true};

	if (disk.serial && vm_add_disk(vm, &disk) == 0)
		return 0;
	free(disk.serial);
	free(path);
	return fail_errno(ENOMEM, "cannot add the root filesystem");
}

/* The mode that was asked for stays; without one the image is below a tmpfs. What has been made
 * here the guest need not find out. */
static int point_config(struct vmconfig *cfg)
{
	if (!cfg->root)
		cfg->root = calloc(1, sizeof(*cfg->root));
	if (!cfg->root)
		return fail_errno(ENOMEM, "cannot name the root filesystem");
	if (cfg->root->device)
		return fail(
		    "the config names its root filesystem, '%s': --root disk lets it be one of "
		    "the disks",
		    cfg->root->device);
	if (cfg->root->mode == VOLUME_RW)
		return fail(
		    "the root filesystem of an image is shared, and cannot be mounted 'rw'");
	cfg->root->device = strdup("serial=" ROOT_SERIAL);
	if (!cfg->root->fstype)
		cfg->root->fstype = strdup(ROOT_FSTYPE);
	if (!cfg->root->device || !cfg->root->fstype)
		return fail_errno(ENOMEM, "cannot name the root filesystem");
	if (cfg->root->mode == VOLUME_MODE_UNSET)
		cfg->root->mode = VOLUME_OVERLAY;
	return 0;
}

int image_root_attach(struct request *r)
{
	_cleanup_(cache_release) struct cache cache = {.fd = -1};
	_cleanup_fd_ int fd = -1;
	char *path = NULL;
	int result = point_config(&r->config);

	if (result == 0)
		result = cache_open(&cache);
	if (result < 0)
		return result;
	fd = find_or_make(&cache, r->image, &path);
	if (fd < 0)
		return fd;
	result = add_disk(&r->vm, path);
	return result < 0 ? result : steal_fd(&fd);
}

/* Where large files may lie for a while; /tmp is often memory. */
static const char *scratch_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir == '/' ? dir : "/var/tmp";
}

static int make_nameless(const char *dir)
{
	_cleanup_fd_ int reader = -1, writer = scratch_file(scratch_directory(), &reader);
	struct held_signals held = {0};
	int r;

	if (writer < 0)
		return writer;
	stop_signals_hold(&held); /* so that the child is ended, too */
	r = make_image("--dir", dir, writer, &held);
	stop_signals_release(&held);
	return r < 0 ? r : steal_fd(&reader);
}

int bundle_root_attach(struct request *r)
{
	struct root *root = r->config.root;
	_cleanup_fd_ int fd = -1;
	char *path = NULL;
	int result;

	if (root && root->device && strcmp(root->device, ROOT_LOWER_FALLBACK) == 0) {
		free(root->device); /* what a read-only root is called for want of a name */
		root->device = NULL;
	}
	result = point_config(&r->config);
	if (result < 0)
		return result;
	fd = make_nameless(r->root_dir);
	if (fd < 0)
		return fd;
	if (asprintf(&path, "/proc/%ld/fd/%d", (long)getpid(), fd) < 0)
		return fail_errno(ENOMEM, "cannot add the root filesystem");
	result = add_disk(&r->vm, path);
	return result < 0 ? result : steal_fd(&fd);
}

static bool is_image_root(const struct vm_disk *disk)
{
	return disk->serial && strcmp(disk->serial, ROOT_SERIAL) == 0;
}

int image_root_name(struct request *r, const struct vmm_kind *kind)
{
	struct root *root = r->config.root;

	if (kind->features & VMM_SERIAL || !root || !root->device ||
	    strcmp(root->device, "serial=" ROOT_SERIAL) != 0)
		return 0;
	for (size_t i = 0; i < r->vm.disks.count; i++) {
		char *node;

		if (!is_image_root(&r->vm.disks.items[i]))
			continue;
		node = disk_node(i);
		if (!node)
			return fail_errno(ENOMEM, "cannot name the root filesystem");
		free(steal_ptr(&r->vm.disks.items[i].serial));
		free(root->device);
		root->device = node;
	}
	return 0;
}

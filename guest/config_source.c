/* SPDX-License-Identifier: MIT */
/* Finding the config and reading it. */
#include "config_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "clock.h"
#include "config_frame.h"
#include "contract.h"
#include "filesystem.h"
#include "guest.h"
#include "uevent.h"

#define CONFIG_MOUNT "/vmconfig/config"

static int find_once(struct guest *g, char node[DEVICE_NODE_SIZE])
{
	int r;

	if (g->cmdline.disk[0])
		return device_find(g->cmdline.disk, node);
	r = device_find_config(node);
	if (r == -ENOENT)
		r = device_find(CONFIG_DISK_FALLBACK, node);
	return r;
}

static int wait_for_disk(struct guest *g, char node[DEVICE_NODE_SIZE])
{
	int64_t deadline = clock_us() + (int64_t)g->cmdline.wait_ms * 1000;
	const char *name = g->cmdline.disk[0] ? g->cmdline.disk : "label=" CONFIG_DISK_LABEL;
	_cleanup_fd_ int events = -1;
	int r;

	while ((r = find_once(g, node)) == -ENOENT) {
		r = uevent_wait(&events, deadline);
		if (r < 0)
			return guest_error(g, -r, "cannot wait for the config disk");
		if (r == 0)
			return guest_error_as(
			    g, "config-missing",
			    "there is no config disk: no device '%s'%s (waited %d s)", name,
			    g->cmdline.disk[0] ? "" : " and no '/dev/vdc'",
			    g->cmdline.wait_ms / 1000);
	}
	if (r == -ENOTUNIQ)
		return guest_error_as(g, "config-ambiguous",
		                      "more than one device is '%s', the config disk", name);
	if (r < 0)
		return guest_error(g, -r, "cannot use '%s', the config disk", name);
	/* What is around it, and its own bytes there, would stay for the workload to read. */
	if (device_is_partition(node))
		return guest_error_as(g, "config-partition",
		                      "'%s', the config disk, is a partition: it must be a disk of "
		                      "its own, which is taken away",
		                      node);
	return 0;
}

static int read_mounted(struct guest *g, const char *node, char **text, size_t *length)
{
	const struct block_mount m = {
	    .what = "config disk",
	    .node = node,
	    .target = CONFIG_MOUNT,
	    .kind = FILESYSTEM_CONFIG_DISK,
	    .readonly = true,
	    .flags = MS_NOSUID | MS_NODEV | MS_NOEXEC,
	};
	_cleanup_fd_ int dir = -1;
	int r;

	if (mkdir("/vmconfig", 0700) < 0 && errno != EEXIST)
		return guest_error(g, errno, "cannot make '/vmconfig'");
	if (mkdir(CONFIG_MOUNT, 0700) < 0 && errno != EEXIST)
		return guest_error(g, errno, "cannot make '%s'", CONFIG_MOUNT);
	r = filesystem_mount(g, &m);
	if (r < 0)
		return r;
	dir = open(CONFIG_MOUNT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = beneath_read(dir, CONFIG_PATH, MAX_CONFIG_BYTES, text, length);
	close(steal_fd(&dir));
	if (umount(CONFIG_MOUNT) < 0)
		return guest_error(g, errno, "cannot unmount the config disk '%s'", node);
	if (r == -EFBIG)
		return guest_error(g, 0, "'%s' on '%s' is larger than %u bytes", CONFIG_PATH, node,
		                   MAX_CONFIG_BYTES);
	return r < 0 ? guest_error(g, -r, "cannot read '%s' on '%s'", CONFIG_PATH, node) : 0;
}

static int read_disk(struct guest *g, const char *node, char **text, size_t *length)
{
	/* Who looks at it first reads it for the next one, as long as it stays open. */
	_cleanup_fd_ int kept = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = config_frame_read(g, node, text, length);

	return r == 1 ? read_mounted(g, node, text, length) : r;
}

static int read_initrd(struct guest *g, char **text, size_t *length)
{
	_cleanup_fd_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = beneath_read(root, CONFIG_INITRD_PATH, MAX_CONFIG_BYTES, text, length);

	if (r == -EFBIG)
		return guest_error(g, 0, "'%s' of the initrd is larger than %u bytes",
		                   CONFIG_INITRD_PATH, MAX_CONFIG_BYTES);
	return r < 0 ? guest_error(g, -r, "cannot read '%s' of the initrd", CONFIG_INITRD_PATH) : 0;
}

int config_source_find(struct guest *g, struct config_source *source)
{
	source->node[0] = '\0';
	if (!g->cmdline.disk[0] && access(CONFIG_INITRD_PATH, F_OK) == 0)
		return 0;
	return wait_for_disk(g, source->node);
}

int config_source_read(struct guest *g, const struct config_source *source, char **text,
                       size_t *length)
{
	int r = source->node[0] ? read_disk(g, source->node, text, length)
	                        : read_initrd(g, text, length);

	/* It may hold secrets, also where the command line names a disk instead, and the initramfs
	 * stays in memory until the workload runs. */
	unlink(CONFIG_INITRD_PATH);
	return r;
}

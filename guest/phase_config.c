/* SPDX-License-Identifier: MIT */
/* The config disk: found, read, checked, taken away. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "clock.h"
#include "contract.h"
#include "device.h"
#include "filesystem.h"
#include "guest.h"
#include "json.h"
#include "log.h"
#include "uevent.h"

#define CONFIG_MOUNT "/vmconfig/config"

/* By the command line's word alone when there is one, else by label, else by the seed schema's
 * letter. */
static int find_once(struct guest *g, char node[DEVICE_NODE_SIZE])
{
	int r;

	if (g->cmdline.disk[0])
		return device_find(g->cmdline.disk, node);
	r = device_find("label=" CONFIG_DISK_LABEL, node);
	if (r == -ENOENT)
		r = device_find(CONFIG_DISK_FALLBACK, node);
	return r;
}

static int find_config_disk(struct guest *g, char node[DEVICE_NODE_SIZE])
{
	int64_t deadline = clock_us() + (int64_t)g->cmdline.wait_ms * 1000;
	const char *name = g->cmdline.disk[0] ? g->cmdline.disk : "label=" CONFIG_DISK_LABEL;
	_cleanup_fd_ int events = uevent_open();
	int r;

	if (events < 0)
		return guest_error(g, -events, "cannot listen for devices");
	while ((r = find_once(g, node)) == -ENOENT) {
		r = uevent_wait(events, deadline);
		if (r < 0)
			return guest_error(g, -r, "cannot wait for the config disk");
		if (r == 0)
			return guest_error(
			    g, 0, "there is no config disk: no device '%s'%s (waited %d s)", name,
			    g->cmdline.disk[0] ? "" : " and no '/dev/vdc'",
			    g->cmdline.wait_ms / 1000);
	}
	if (r == -ENOTUNIQ)
		return guest_error(g, 0, "more than one device is '%s', the config disk", name);
	return r < 0 ? guest_error(g, -r, "cannot use '%s', the config disk", name) : 0;
}

static int read_file(struct guest *g, const char *node, char **text, size_t *length)
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
	int r = filesystem_mount(g, &m);

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

static int report_problem(struct guest *g, const struct problems *p)
{
	const struct problem *e = problems_first_error(p);

	if (!e)
		return guest_error(g, ENOMEM, "cannot read '%s'", CONFIG_PATH);
	return guest_error(g, 0, "%s:%u:%u: %s%s%s", CONFIG_PATH + 1, e->line, e->column,
	                   e->pointer, *e->pointer ? ": " : "", e->message);
}

static void log_warnings(const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].severity == SEVERITY_WARNING)
			log_warning("%s: %s: %s", CONFIG_PATH + 1, p->items[i].pointer,
			            p->items[i].message);
}

static int take_config(struct guest *g, const char *text, size_t length)
{
	struct problems problems = {0};
	struct json_doc doc;
	int r = json_parse(&doc, text, length, &problems);

	if (r == 0) {
		r = vmconfig_decode(&g->config, &doc, &problems);
		if (r != -ENOMEM)
			r = vmconfig_check(&g->config, &doc, &problems);
		json_release(&doc);
	}
	log_warnings(&problems);
	if (r < 0)
		r = report_problem(g, &problems);
	problems_release(&problems);
	return r;
}

int phase_config(struct guest *g)
{
	_cleanup_free_ char *text = NULL;
	char node[DEVICE_NODE_SIZE];
	size_t length = 0;
	int r = find_config_disk(g, node);

	if (r < 0)
		return r;
	if (mkdir("/vmconfig", 0700) < 0 && errno != EEXIST)
		return guest_error(g, errno, "cannot make '/vmconfig'");
	if (mkdir(CONFIG_MOUNT, 0700) < 0 && errno != EEXIST)
		return guest_error(g, errno, "cannot make '%s'", CONFIG_MOUNT);
	r = read_file(g, node, &text, &length);
	if (r < 0)
		return r;
	device_unbind(node);
	/* Where the node stays, the name at least goes: the default root layout must not take it
	 * for a layer. */
	unlink(node);
	r = take_config(g, text, length);
	explicit_bzero(text, length);
	return r;
}

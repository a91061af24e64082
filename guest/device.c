/* SPDX-License-Identifier: MIT */
/* Finding block devices by path, serial, label or UUID, and waiting for them. */
#include "device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"
#include "config_frame.h"
#include "contract.h"
#include "filesystem.h"
#include "guest.h"
#include "log.h"
#include "uevent.h"

/* What init itself calls a partition by: MAJOR:MINOR/NUMBER, the first two of its disk. No config
 * can say it. */
#define PARTITION "partition="

/* Who takes a device from its driver, or 0. */
static pid_t unbinding;

int device_number(const char *node, dev_t *number)
{
	struct stat st;

	if (stat(node, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	*number = st.st_rdev;
	return 0;
}

bool device_same(const char *a, const char *b)
{
	dev_t x, y;

	return device_number(a, &x) == 0 && device_number(b, &y) == 0 && x == y;
}

/* Read a sysfs attribute of the device @number, by number: names in /dev are only names. Return:
 * bytes, 0 for none. */
static size_t sysfs_attribute(dev_t number, const char *name, char *value, size_t size)
{
	_cleanup_fd_ int fd = -1;
	char path[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(number), minor(number), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, value, size - 1);
	if (n <= 0)
		return 0;
	while (n > 0 && (value[n - 1] == '\n' || value[n - 1] == ' '))
		n--;
	value[n] = '\0';
	return (size_t)n;
}

static bool serial_matches(dev_t number, const char *serial)
{
	char value[256];

	/* virtio-blk has it beside the disk, NVMe and SCSI below "device". */
	return (sysfs_attribute(number, "serial", value, sizeof(value)) &&
	        !strcmp(value, serial)) ||
	       (sysfs_attribute(number, "device/serial", value, sizeof(value)) &&
	        !strcmp(value, serial));
}

enum key { KEY_SERIAL, KEY_LABEL, KEY_UUID, KEY_CONFIG, KEY_PARTITION };

/* @partition: "MAJOR:MINOR/NUMBER", the first two of the disk */
static bool partition_matches(dev_t number, const char *partition)
{
	char disk[64], value[64];
	size_t length = sysfs_attribute(number, "../dev", disk, sizeof(disk));

	return length && sysfs_attribute(number, "partition", value, sizeof(value)) &&
	       strncmp(partition, disk, length) == 0 && partition[length] == '/' &&
	       strcmp(partition + length + 1, value) == 0;
}

bool device_is_partition(const char *node)
{
	char value[64];
	dev_t number = 0;

	return device_number(node, &number) == 0 &&
	       sysfs_attribute(number, "partition", value, sizeof(value));
}

static bool node_matches(const char *node, dev_t number, enum key key, const char *value)
{
	_cleanup_fd_ int kept = -1;
	enum filesystem_kind kind;
	struct filesystem fs;

	if (key == KEY_SERIAL)
		return serial_matches(number, value);
	if (key == KEY_PARTITION)
		return partition_matches(number, value);
	/* What the first look has read is forgotten when the last who has the disk open closes it.
	 */
	kept = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (kept < 0)
		return false;
	if (key == KEY_CONFIG && config_frame_is_on(node))
		return true;
	kind = key != KEY_UUID && strcmp(value, CONFIG_DISK_LABEL) == 0 ? FILESYSTEM_CONFIG_DISK
	                                                                : FILESYSTEM_ANY;
	if (filesystem_probe(node, kind, &fs) < 0)
		return false;
	return key == KEY_UUID ? !strcasecmp(fs.uuid, value) : !strcmp(fs.label, value);
}

/* Look at every block device in /dev. Two that answer to one name are an error: one of them would
 * be the wrong one. */
static int find_by(enum key key, const char *value, char node[DEVICE_NODE_SIZE])
{
	char path[DEVICE_NODE_SIZE];
	struct dirent *entry;
	dev_t number = 0, found = 0;
	int count = 0;
	DIR *dir = opendir("/dev");

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		/* Most are terminals. */
		if (entry->d_type != DT_BLK && entry->d_type != DT_UNKNOWN)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		if (device_number(path, &number) < 0 || (count && number == found) ||
		    !node_matches(path, number, key, value))
			continue;
		found = number;
		count++;
		snprintf(node, DEVICE_NODE_SIZE, "%s", path);
	}
	closedir(dir);
	if (count == 0)
		return -ENOENT;
	return count == 1 ? 0 : -ENOTUNIQ;
}

int device_find_config(char node[DEVICE_NODE_SIZE])
{
	return find_by(KEY_CONFIG, CONFIG_DISK_LABEL, node);
}

int device_find(const char *spec, char node[DEVICE_NODE_SIZE])
{
	dev_t number;

	if (strncmp(spec, "serial=", 7) == 0)
		return find_by(KEY_SERIAL, spec + 7, node);
	if (strncmp(spec, "label=", 6) == 0)
		return find_by(KEY_LABEL, spec + 6, node);
	if (strncmp(spec, "uuid=", 5) == 0)
		return find_by(KEY_UUID, spec + 5, node);
	if (strncmp(spec, PARTITION, strlen(PARTITION)) == 0)
		return find_by(KEY_PARTITION, spec + strlen(PARTITION), node);
	if (strlen(spec) >= DEVICE_NODE_SIZE)
		return -ENAMETOOLONG;
	snprintf(node, DEVICE_NODE_SIZE, "%s", spec);
	return device_number(node, &number);
}

/* @name: of the device, in messages */
static int wait_for(struct guest *g, const char *what, const char *name, const char *spec,
                    char node[DEVICE_NODE_SIZE])
{
	int64_t deadline = clock_us() + (int64_t)g->cmdline.wait_ms * 1000;
	_cleanup_fd_ int events = -1;
	int r;

	for (;;) {
		r = device_find(spec, node);
		if (r == 0)
			return 0;
		if (r == -ENOTUNIQ)
			return guest_error_as(g, "device-ambiguous",
			                      "more than one device is '%s', the %s", name, what);
		if (r != -ENOENT)
			return guest_error(g, -r, "cannot use '%s', the %s", name, what);
		r = uevent_wait(&events, deadline);
		if (r < 0)
			return guest_error(g, -r, "cannot wait for '%s'", name);
		if (r == 0)
			return guest_error_as(g, "device-missing",
			                      "there is no device '%s', the %s (waited %d s)", name,
			                      what, g->cmdline.wait_ms / 1000);
	}
}

int device_wait(struct guest *g, const char *what, const char *spec, char node[DEVICE_NODE_SIZE])
{
	return wait_for(g, what, spec, spec, node);
}

int device_wait_partition(struct guest *g, const char *what, int number,
                          char node[DEVICE_NODE_SIZE])
{
	char name[DEVICE_NODE_SIZE + 32], spec[64];
	dev_t disk;
	int r = device_number(node, &disk);

	if (r < 0)
		return guest_error(g, -r, "cannot use '%s', the %s", node, what);
	snprintf(name, sizeof(name), "partition %d of %s", number, node);
	snprintf(spec, sizeof(spec), PARTITION "%u:%u/%d", major(disk), minor(disk), number);
	return wait_for(g, what, name, spec, node);
}

/* Return: the file that takes the driver's device away when @name is written to it, or -1. */
static int open_unbind(const char *node, char name[NAME_MAX + 1])
{
	char path[128], target[PATH_MAX];
	dev_t number;
	ssize_t n;
	int fd;

	if (device_number(node, &number) < 0)
		return -1;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/device", major(number), minor(number));
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -1; /* a loop device, or a disk whose bus has no drivers to unbind */
	target[n] = '\0';
	snprintf(name, NAME_MAX + 1, "%s", basename(target));
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/device/driver/unbind", major(number),
	         minor(number));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		log_debug("cannot unbind '%s': %m", node);
	return fd;
}

void device_unbind(const char *node)
{
	char name[NAME_MAX + 1];
	_cleanup_fd_ int fd = open_unbind(node, name);

	if (fd < 0)
		return;
	unbinding = fork();
	if (unbinding > 0)
		return;
	if (write(fd, name, strlen(name)) < 0)
		log_debug("cannot unbind '%s': %m", node);
	if (unbinding == 0)
		_exit(0);
}

void device_unbound(void)
{
	_doing_ int now = boot_watch_doing("taking the config disk from its driver");

	while (unbinding > 0 && waitpid(unbinding, NULL, 0) < 0 && errno == EINTR)
		;
	unbinding = 0;
}

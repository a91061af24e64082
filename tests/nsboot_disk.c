/* SPDX-License-Identifier: MIT */
/* Image files as loop devices, and what was on them at power-off. */
#include "nsboot_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "nsboot.h"

#define LOOP_MAJOR     7
#define MAX_ATTEMPTS   100  /* others look for free loop devices at the same time */
#define MAX_RELEASE_MS 5000 /* that the kernel may take to let go of a filesystem */
#define LOOP_NODE_SIZE 32

static const char *loop_node(unsigned number, char node[LOOP_NODE_SIZE])
{
	snprintf(node, LOOP_NODE_SIZE, "/dev/loop%u", number);
	return node;
}

/* That init has made it read-only outlives the image in it. */
static void make_writable(int fd)
{
	ioctl(fd, BLKROSET, &(int){0});
}

/* Return: an fd of the configured device, -EBUSY when somebody else was faster. */
static int take_loop(int control, const struct disk *d, dev_t *number)
{
	struct loop_config config = {
	    .fd = (unsigned)d->image_fd,
	    .info = {.lo_flags = LO_FLAGS_AUTOCLEAR | (d->readonly ? LO_FLAGS_READ_ONLY : 0) |
	                         /* So that the kernel forgets them with the device. */
	                         (d->partition_count ? LO_FLAGS_PARTSCAN : 0)},
	};
	_cleanup_fd_ int fd = -1;
	char node[LOOP_NODE_SIZE];
	int n = ioctl(control, LOOP_CTL_GET_FREE);

	if (n < 0)
		return -errno;
	fd = open(loop_node((unsigned)n, node), O_RDWR | O_CLOEXEC);
	/* A /dev that is not the kernel's own has nodes for the first few only. */
	if (fd < 0 && errno == ENOENT &&
	    mknod(node, S_IFBLK | 0600, makedev(LOOP_MAJOR, (unsigned)n)) == 0)
		fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, LOOP_CONFIGURE, &config) < 0)
		return -errno;
	make_writable(fd);
	*number = makedev(LOOP_MAJOR, (unsigned)n);
	return steal_fd(&fd);
}

static dev_t read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned major_number, minor_number;
	int n = f ? fscanf(f, "%u:%u", &major_number, &minor_number) : 0;

	if (f)
		fclose(f);
	if (n != 2)
		die("cannot read '%s'", path);
	return makedev(major_number, minor_number);
}

/* A kernel may know no partition tables, but it can be told. */
static void add_partition(struct disk *d, int index)
{
	struct partition *p = &d->partitions[index];
	struct blkpg_partition where = {
	    .start = p->start * 512, .length = p->size * 512, .pno = index + 1};
	struct blkpg_ioctl_arg request = {
	    .op = BLKPG_ADD_PARTITION, .datalen = sizeof(where), .data = &where};
	unsigned loop = minor(d->number);
	char path[128];

	/* EBUSY: it has found it itself. */
	if (ioctl(d->loop_fd, BLKPG, &request) < 0 && errno != EBUSY)
		die("cannot make partition %d of '%s'", index + 1, d->path);
	snprintf(path, sizeof(path), "/sys/block/loop%u/loop%up%d/dev", loop, loop, index + 1);
	p->number = read_number(path);
}

static int open_loop(int control, struct disk *d)
{
	for (int i = 0; i < MAX_ATTEMPTS; i++) {
		int fd = take_loop(control, d, &d->number);

		if (fd != -EBUSY && fd != -ENXIO)
			return fd;
	}
	return -EBUSY;
}

void disk_attach(struct disk *d)
{
	_cleanup_fd_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	if (control < 0)
		die("cannot open '/dev/loop-control'");
	d->image_fd = open(d->path, (d->readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (d->image_fd < 0)
		die("cannot open '%s'", d->path);
	d->loop_fd = open_loop(control, d);
	errno = -d->loop_fd;
	if (d->loop_fd < 0)
		die("cannot make '%s' a loop device", d->path);
	for (size_t i = 0; i < d->partition_count; i++)
		add_partition(d, (int)i);
}

/* A mounted filesystem holds its device exclusively. */
static bool is_mounted(const struct disk *d)
{
	char node[LOOP_NODE_SIZE];
	_cleanup_fd_ int fd =
	    open(loop_node(minor(d->number), node), O_RDONLY | O_EXCL | O_CLOEXEC);

	return fd < 0 && errno == EBUSY;
}

static int copy_range(int from, int to, off_t start, off_t end)
{
	static char buffer[65536];

	while (start < end) {
		size_t want =
		    end - start < (off_t)sizeof(buffer) ? (size_t)(end - start) : sizeof(buffer);
		ssize_t n = pread(from, buffer, want, start);

		if (n <= 0 || pwrite(to, buffer, (size_t)n, start) != n)
			return n < 0 ? -errno : -EIO;
		start += n;
	}
	return 0;
}

/* Holes stay holes. */
static int copy_image(int from, int to)
{
	off_t start = 0, size = lseek(from, 0, SEEK_END);

	if (ftruncate(to, 0) < 0 || ftruncate(to, size) < 0)
		return -errno;
	while ((start = lseek(from, start, SEEK_DATA)) >= 0) {
		off_t end = lseek(from, start, SEEK_HOLE);
		int r = copy_range(from, to, start, end);

		if (r < 0)
			return r;
		start = end;
	}
	return errno == ENXIO ? 0 : -errno; /* ENXIO: no more data */
}

static void name_copy(const struct disk *d, char name[PATH_MAX])
{
	snprintf(name, PATH_MAX, "%s.at-power-off", d->path);
}

void disk_at_power_off(struct disk *d, char letter)
{
	char name[PATH_MAX];
	_cleanup_fd_ int copy = -1;

	if (d->loop_fd < 0 || !is_mounted(d))
		return;
	fprintf(stderr, "nsboot: a filesystem on vd%c is still mounted at power-off\n", letter);
	if (d->readonly)
		return;
	name_copy(d, name);
	copy = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (copy < 0 || copy_image(d->image_fd, copy) < 0)
		die("cannot copy '%s'", d->path);
	d->was_mounted = true;
}

/* The kernel drops a namespace's mounts soon after its last process, not at once. */
static void wait_for_release(const struct disk *d)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (int ms = 0; ms < MAX_RELEASE_MS && is_mounted(d); ms++)
		nanosleep(&pause, NULL);
}

void disk_detach(struct disk *d)
{
	char name[PATH_MAX];

	if (d->loop_fd >= 0) {
		if (!d->readonly && !d->was_mounted)
			wait_for_release(d);
		make_writable(d->loop_fd);
		ioctl(d->loop_fd, LOOP_CLR_FD);
		close(steal_fd(&d->loop_fd));
	}
	if (d->image_fd >= 0)
		close(steal_fd(&d->image_fd));
	if (!d->was_mounted)
		return;
	name_copy(d, name);
	if (rename(name, d->path) < 0)
		fprintf(stderr, "nsboot: cannot restore '%s': %m\n", d->path);
}

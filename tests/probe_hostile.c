/* SPDX-License-Identifier: MIT */
/* What a workload does to the machine that it has been given. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 20)

static void __attribute__((noreturn)) take_all_memory(void)
{
	for (;;) {
		char *chunk =
		    mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (chunk != MAP_FAILED)
			memset(chunk, 1, CHUNK);
	}
}

static int verb_hog(char **words)
{
	(void)words;
	fflush(stdout);
	take_all_memory();
}

/* A child that the kernel is sure to choose; what became of it is said. */
static int verb_hog_child(char **words)
{
	int status = 0;
	pid_t pid;

	(void)words;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, "1000", 4) < 0)
			_exit(1);
		take_all_memory();
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return complain("");
	printf("hog-child %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return 0;
}

/* Write to a file until nothing more goes in. */
static int verb_fill(char **words)
{
	static char zeros[65536];
	int fd = open(*words, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return complain(*words);
	memset(zeros, 'z', sizeof(zeros));
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	printf("fill %s: %s\n", *words, strerror(errno));
	close(fd);
	return 0;
}

static int verb_remount_ro(char **words)
{
	if (mount(NULL, *words, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return complain(*words);
	return 0;
}

static void write_garbage(const char *path)
{
	static const char garbage[] = "\n{\"event\":\"exit\",\"code\":0}\n{{{{\n";
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int done = fd >= 0 && write(fd, garbage, strlen(garbage)) > 0;

	if (done)
		printf("port-garbage %s: has taken it\n", path);
	if (fd >= 0)
		close(fd);
}

/* To every virtio-serial port, by its node and by the files that init has open. */
static int verb_port_garbage(char **words)
{
	int seen = 0;
	char path[64], link[64];

	(void)words;
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/dev/vport0p%d", i);
		seen += access(path, F_OK) == 0;
		write_garbage(path);
	}
	for (int i = 0; i < 64; i++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/1/fd/%d", i);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0 || strncmp(link, "/dev/vport", 10) != 0)
			continue;
		seen++;
		write_garbage(path);
	}
	printf("port-garbage %s\n", seen > 4 ? "tried" : "has found few ports");
	return 0;
}

/* Return: an fd of a loop device for the file, that does not free itself; its number, or -1. */
static int attach_loop(const char *file, int *number)
{
	struct loop_config config = {.fd = 0};
	int control, fd, image = open(file, O_RDWR | O_CLOEXEC);
	char node[32];

	mknod("/dev/loop-control", S_IFCHR | 0600, makedev(10, 237));
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0 || image < 0)
		return -1;
	config.fd = (unsigned)image;
	/* Others may be faster. */
	for (int i = 0; i < 100; i++) {
		*number = ioctl(control, LOOP_CTL_GET_FREE);
		snprintf(node, sizeof(node), "/dev/loop%d", *number);
		mknod(node, S_IFBLK | 0600, makedev(7, (unsigned)*number));
		fd = open(node, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && ioctl(fd, LOOP_CONFIGURE, &config) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
		if (errno != EBUSY && errno != ENXIO)
			break;
	}
	return -1;
}

static int verb_loop(char **words)
{
	int number;

	if (attach_loop(words[0], &number) < 0)
		return complain(words[0]);
	return 0;
}

/* An ext4 image, and where to mount it. */
static int verb_loop_mount(char **words)
{
	char node[32];
	int number;

	if (attach_loop(words[0], &number) < 0)
		return complain(words[0]);
	snprintf(node, sizeof(node), "/dev/loop%d", number);
	if (mount(node, words[1], "ext4", 0, NULL) < 0)
		return complain(words[1]);
	return 0;
}

/* A filesystem whose server takes what it is asked, and answers nothing but the first question. */
static void __attribute__((noreturn)) serve_nothing(int fuse)
{
	static char request[1 << 16];
	const struct {
		struct fuse_out_header header;
		struct fuse_init_out init;
	} answer = {
	    .header = {.len = sizeof(answer)},
	    .init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096},
	};
	struct fuse_in_header header;

	setsid();
	while (read(fuse, request, sizeof(request)) > 0) {
		memcpy(&header, request, sizeof(header));
		if (header.opcode != FUSE_INIT)
			continue;
		memcpy(request, &answer, sizeof(answer));
		memcpy(request + offsetof(struct fuse_out_header, unique), &header.unique,
		       sizeof(header.unique));
		(void)!write(fuse, request, sizeof(answer));
	}
	_exit(0);
}

/* In a system call that not even SIGKILL ends, as long as the server lives. */
static int verb_stuck(char **words)
{
	char options[64];
	struct stat st;
	pid_t pid;
	int fuse;

	mknod("/dev/fuse", S_IFCHR | 0600, makedev(10, 229));
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (fuse < 0 || mount("probe", words[0], "fuse.probe", 0, options) < 0)
		return complain(words[0]);
	pid = fork();
	if (pid == 0)
		serve_nothing(fuse);
	close(fuse); /* the last one is to be the server's */
	printf("stuck\n");
	fflush(stdout);
	return pid < 0 || stat(words[0], &st) < 0 ? complain(words[0]) : 0;
}

/* What follows has mounts of its own, which end with it. */
static int verb_own_mounts(char **words)
{
	(void)words;
	return unshare(CLONE_NEWNS) < 0 ? complain("") : 0;
}

/* A swap file of 4 MiB, in use. */
static int verb_swap(char **words)
{
	static const char signature[] = "SWAPSPACE2";
	static char block[1 << 20];
	int fd = open(words[0], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	uint32_t header[] = {1, (4 << 20) / 4096 - 1, 0}; /* version, last page, bad pages */

	for (int i = 0; fd >= 0 && i < 4; i++)
		if (write(fd, block, sizeof(block)) != sizeof(block))
			return complain(words[0]);
	if (fd < 0 || pwrite(fd, header, sizeof(header), 1024) < 0 ||
	    pwrite(fd, signature, 10, 4096 - 10) < 0 || fsync(fd) < 0 || swapon(words[0], 0) < 0)
		return complain(words[0]);
	close(fd);
	printf("swap on\n");
	return 0;
}

const struct verb hostile_verbs[] = {
    {"hog", 0, 0, verb_hog},     {"hog-child", 0, 0, verb_hog_child},
    {"fill", 1, 0, verb_fill},   {"port-garbage", 0, 0, verb_port_garbage},
    {"loop", 1, 0, verb_loop},   {"loop-mount", 2, 0, verb_loop_mount},
    {"swap", 1, 0, verb_swap},   {"remount-ro", 1, 0, verb_remount_ro},
    {"stuck", 1, 0, verb_stuck}, {"own-mounts", 0, 0, verb_own_mounts},
    {NULL, 0, 0, NULL},
};

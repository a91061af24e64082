/* SPDX-License-Identifier: MIT */
/* What the probe sees of files and mounts, and what it does to them. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int copy(int from, int to, const char *name)
{
	char data[65536];
	ssize_t n;

	fflush(stdout);
	while ((n = read(from, data, sizeof(data))) > 0)
		for (ssize_t done = 0, m; done < n; done += m) {
			m = write(to, data + done, (size_t)(n - done));
			if (m < 0)
				return complain(name);
		}
	return n < 0 ? complain(name) : 0;
}

static int verb_cat(char **words)
{
	int fd = open(*words, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return complain(*words);
	r = copy(fd, STDOUT_FILENO, *words);
	close(fd);
	return r;
}

static int verb_copy(char **words)
{
	(void)words;
	return copy(STDIN_FILENO, STDOUT_FILENO, "");
}

/* Bytes of standard input and their FNV-1a hash. */
static int verb_hash(char **words)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), bytes = 0;
	static unsigned char data[65536];
	ssize_t n;

	(void)words;
	while ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
		bytes += (uint64_t)n;
		for (ssize_t i = 0; i < n; i++)
			hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	}
	if (n < 0)
		return complain("");
	printf("hash %" PRIu64 " %016" PRIx64 "\n", bytes, hash);
	return 0;
}

static int verb_write(char **words)
{
	int fd = open(words[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), r = 0;

	if (fd < 0)
		return complain(words[0]);
	if (write(fd, words[1], strlen(words[1])) < 0 || write(fd, "\n", 1) < 0)
		r = complain(words[0]);
	close(fd);
	return r;
}

/* Open a file and keep it so. */
static int verb_hold(char **words)
{
	int fd = open(*words, O_RDONLY);

	return fd < 0 ? complain(*words) : 0;
}

/*
 * Have a file open for writing in an io_uring, and nowhere else: it is closed
 * some time after the process has gone, not with it.
 */
static int verb_uring(char **words)
{
	struct io_uring_params params = {0};
	int ring = (int)syscall(SYS_io_uring_setup, 8, &params);
	int fd = open(*words, O_WRONLY | O_CREAT, 0644);

	if (ring < 0 || fd < 0 ||
	    syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1) < 0)
		return complain(*words);
	close(fd);
	return 0;
}

static int verb_mkdir(char **words)
{
	return mkdir(*words, 0755) < 0 ? complain(*words) : 0;
}

static int verb_rm(char **words)
{
	return remove(*words) < 0 ? complain(*words) : 0;
}

static int verb_chdir(char **words)
{
	return chdir(*words) < 0 ? complain(*words) : 0;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFLNK:
		return "link";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "fifo";
	default:
		return "socket";
	}
}

/* Type, mode, owner, group, and size or device number or target. */
static int verb_stat(char **words)
{
	char target[4096];
	struct stat st;
	ssize_t n;

	if (lstat(*words, &st) < 0)
		return complain(*words);
	printf("stat %s %s %04o %u %u", *words, type_name(st.st_mode), st.st_mode & 07777,
	       st.st_uid, st.st_gid);
	if (S_ISREG(st.st_mode))
		printf(" %lld", (long long)st.st_size);
	else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		printf(" %u:%u", major(st.st_rdev), minor(st.st_rdev));
	else if (S_ISLNK(st.st_mode) && (n = readlink(*words, target, sizeof(target))) > 0)
		printf(" %.*s", (int)n, target);
	putchar('\n');
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int verb_ls(char **words)
{
	struct dirent **entries;
	int n = scandir(*words, &entries, NULL, by_name);

	if (n < 0)
		return complain(*words);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			printf("entry ");
			put_escaped(name, strlen(name));
			putchar('\n');
		}
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int verb_fds(char **words)
{
	char path[64], link[4096];

	(void)words;
	for (int i = 0; i < 1024; i++) {
		ssize_t n;

		if (fcntl(i, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", i);
		n = readlink(path, link, sizeof(link));
		printf("fd %d %.*s\n", i, n > 0 ? (int)n : 1, n > 0 ? link : "?");
	}
	return 0;
}

/* A line of mountinfo(5): where, type, flags, the filesystem's flags, source. */
static void print_mount(char *line)
{
	char target[1024], flags[256], type[64], source[1024], super[1024];
	char *rest = strstr(line, " - ");

	if (!rest || sscanf(line, "%*s %*s %*s %*s %1023s %255s", target, flags) != 2 ||
	    sscanf(rest, " - %63s %1023s %1023s", type, source, super) != 3)
		return;
	super[strcspn(super, ",")] = '\0';
	printf("mount %s %s %s %s %s\n", target, type, flags, super, source);
}

static int verb_mounts(char **words)
{
	char *line = NULL;
	size_t size = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	(void)words;
	if (!f)
		return complain("");
	while (getline(&line, &size, f) > 0)
		print_mount(line);
	free(line);
	fclose(f);
	return 0;
}

/* SOURCE TARGET TYPE */
static int verb_mount(char **words)
{
	if (mount(words[0], words[1], words[2], 0, NULL) < 0)
		return complain(words[1]);
	return 0;
}

static int verb_bind(char **words)
{
	if (mount(words[0], words[1], NULL, MS_BIND, NULL) < 0)
		return complain(words[1]);
	return 0;
}

/* Make all mounts shared, as container engines want them. */
static int verb_share(char **words)
{
	return mount(NULL, *words, NULL, MS_REC | MS_SHARED, NULL) < 0 ? complain(*words) : 0;
}

/* Lazily, so that it always can. */
static int verb_umount(char **words)
{
	return umount2(*words, MNT_DETACH) < 0 ? complain(*words) : 0;
}

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
	stopped = number;
}

/*
 * Make, write, rename and remove files in a directory until SIGTERM. Says
 * "burning" once the disk has seen some of it.
 */
static int verb_burn(char **words)
{
	static char data[16384];
	unsigned long round = 0;

	signal(SIGTERM, on_stop);
	memset(data, 'x', sizeof(data));
	if (chdir(*words) < 0)
		return complain(*words);
	for (; !stopped; round++) {
		char name[32], to[32];
		int fd;

		snprintf(name, sizeof(name), "new-%lu", round % 64);
		snprintf(to, sizeof(to), "file-%lu", round % 64);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0 || write(fd, data, (round * 97) % sizeof(data)) < 0)
			return complain(name);
		if (round % 16 == 0 && fsync(fd) < 0)
			return complain(name);
		close(fd);
		if (rename(name, to) < 0)
			return complain(name);
		if (round == 32) {
			printf("burning\n");
			fflush(stdout);
		}
	}
	printf("burnt\n");
	return 0;
}

/* The same in a child. */
static int verb_burn_apart(char **words)
{
	fflush(stdout);
	if (fork() == 0) {
		verb_burn(words);
		fflush(stdout);
		_exit(0);
	}
	return 0;
}

const struct verb file_verbs[] = {
    {"cat", 1, 0, verb_cat},
    {"copy", 0, 0, verb_copy},
    {"hash", 0, 0, verb_hash},
    {"write", 2, 0, verb_write},
    {"hold", 1, 0, verb_hold},
    {"uring", 1, 0, verb_uring},
    {"mkdir", 1, 0, verb_mkdir},
    {"rm", 1, 0, verb_rm},
    {"chdir", 1, 0, verb_chdir},
    {"stat", 1, 0, verb_stat},
    {"ls", 1, 0, verb_ls},
    {"fds", 0, 0, verb_fds},
    {"mounts", 0, 0, verb_mounts},
    {"mount", 3, 0, verb_mount},
    {"bind", 2, 0, verb_bind},
    {"share", 1, 0, verb_share},
    {"umount", 1, 0, verb_umount},
    {"burn-writes", 1, 0, verb_burn},
    {"burn-writes-apart", 1, 0, verb_burn_apart},
    {NULL, 0, 0, NULL},
};

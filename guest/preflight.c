/* SPDX-License-Identifier: MIT */
/* What execve(2) would say, found by looking. */
#include "preflight.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "mountpoint.h"

#define HEAD_SIZE 256 /* BINPRM_BUF_SIZE: the kernel reads no more of a script's first line */

/* Return: an fd for reading, or -errno as in preflight(). */
static int open_executable(int root_fd, const char *path)
{
	/* Not for reading yet: that would wait for a FIFO's writer. */
	_cleanup_fd_ int fd = beneath_open(root_fd, path, O_PATH, 0);
	char name[FD_PATH_SIZE];
	struct stat st;
	int readable;

	if (fd < 0)
		return fd == -ENOTDIR ? -ENOENT : fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -EACCES;
	readable = open(fd_path(fd, name), O_RDONLY | O_CLOEXEC);
	return readable < 0 ? -errno : readable;
}

/* The first word after "#!". */
static int script_interpreter(const char *head, char interpreter[PATH_MAX])
{
	size_t length;

	head += 2;
	head += strspn(head, " \t");
	length = strcspn(head, " \t\n");
	if (!length)
		return -ENOEXEC;
	memcpy(interpreter, head, length);
	interpreter[length] = '\0';
	return 0;
}

/* What a program header table of either class has: where, how many, how large each is. */
struct table {
	off_t at;
	unsigned count;
	size_t entry;
};

/* @fd: ELF. Return: 0; @interpreter is "" in a static program. */
static int elf_interpreter(int fd, const char *head, char interpreter[PATH_MAX])
{
	const Elf64_Ehdr *h64 = (const void *)head;
	const Elf32_Ehdr *h32 = (const void *)head;
	bool is64 = head[EI_CLASS] == ELFCLASS64;
	struct table t = {is64 ? (off_t)h64->e_phoff : (off_t)h32->e_phoff,
	                  is64 ? h64->e_phnum : h32->e_phnum,
	                  is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)};

	interpreter[0] = '\0';
	for (unsigned i = 0; i < t.count; i++) {
		union {
			Elf64_Phdr p64;
			Elf32_Phdr p32;
		} p;
		off_t at = t.at + (off_t)(i * t.entry);
		size_t size;

		if (pread(fd, &p, t.entry, at) != (ssize_t)t.entry)
			return -ENOEXEC;
		if (p.p64.p_type != PT_INTERP) /* the first member of both */
			continue;
		size = is64 ? p.p64.p_filesz : p.p32.p_filesz;
		at = is64 ? (off_t)p.p64.p_offset : (off_t)p.p32.p_offset;
		if (size < 2 || size > PATH_MAX ||
		    pread(fd, interpreter, size, at) != (ssize_t)size || interpreter[size - 1])
			return -ENOEXEC;
		return 0;
	}
	return 0;
}

static int interpreter_of(int fd, char interpreter[PATH_MAX])
{
	_Alignas(Elf64_Ehdr) char head[HEAD_SIZE + 1] = "";

	if (pread(fd, head, HEAD_SIZE, 0) < 0)
		return -errno;
	if (strncmp(head, "#!", 2) == 0)
		return script_interpreter(head, interpreter);
	if (memcmp(head, ELFMAG, SELFMAG) == 0)
		return elf_interpreter(fd, head, interpreter);
	return -ENOEXEC;
}

int preflight(int root_fd, const char *path, char real[PATH_MAX], char missing[PATH_MAX])
{
	_cleanup_fd_ int fd = open_executable(root_fd, path);
	_cleanup_fd_ int interpreter = -1;
	char name[FD_PATH_SIZE];
	ssize_t n;
	int r;

	if (fd < 0)
		return fd;
	n = readlink(fd_path(fd, name), real, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	real[n] = '\0';
	r = interpreter_of(fd, missing);
	if (r < 0 || !missing[0])
		return r;
	interpreter = open_executable(root_fd, missing);
	return interpreter < 0 ? -ELIBACC : 0;
}

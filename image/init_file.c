/* SPDX-License-Identifier: MIT */
/* Finding init. */
#include "init_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

static const char *const places[] = {"build/init", VMCONFIG_LIBDIR "/init"};

/* Of the headers of a 64-bit program: whether one names an interpreter. */
static bool wants_loader(int fd, const Elf64_Ehdr *header)
{
	for (unsigned i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr program;

		if (pread(fd, &program, sizeof(program),
		          (off_t)(header->e_phoff + i * sizeof(program))) != sizeof(program))
			return false;
		if (program.p_type == PT_INTERP)
			return true;
	}
	return false;
}

static int check(const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	Elf64_Ehdr header = {0};
	ssize_t n;

	if (fd < 0)
		return fail_errno(errno, "cannot open '%s'", path);
	n = pread(fd, &header, sizeof(header), 0);
	if (n < 0)
		return fail_errno(errno, "cannot read '%s'", path);
	if (n >= 2 && memcmp(&header, "#!", 2) == 0)
		return 0; /* a script: its interpreter comes with --add */
	if ((size_t)n < sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return fail("'%s' is no program", path);
	if (header.e_ident[EI_CLASS] == ELFCLASS64 && wants_loader(fd, &header))
		return fail("'%s' needs a dynamic loader, which an initrd does not have", path);
	return 0;
}

int init_file_find(const char *given, char **path)
{
	const char *found = given;

	for (size_t i = 0; !found && i < sizeof(places) / sizeof(places[0]); i++)
		if (access(places[i], R_OK) == 0)
			found = places[i];
	if (!found)
		return fail("there is no init at 'build/init' or '%s': name it with --init",
		            VMCONFIG_LIBDIR "/init");
	*path = strdup(found);
	if (!*path)
		return fail_errno(ENOMEM, "'%s'", found);
	return check(found);
}

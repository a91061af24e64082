/* SPDX-License-Identifier: MIT */
/* What else an initrd may carry for the root filesystem. */
#include "carried_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

int carried_file_open(struct carried_file *f, const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	*f = (struct carried_file){0};
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	f->size = (size_t)st.st_size;
	if (!f->size)
		return 0;
	/* It is in memory already: the initramfs is. */
	f->data = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (f->data == MAP_FAILED) {
		f->data = NULL;
		return -errno;
	}
	return 0;
}

void carried_file_close(struct carried_file *f)
{
	if (f->data)
		munmap(f->data, f->size);
	*f = (struct carried_file){0};
}

/* SPDX-License-Identifier: MIT */
/* Any bytes as a kernel and as an initrd: told what they are without reading past them. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "boot_magic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int file = -1;
	int kind;

	if (file < 0)
		file = memfd_create("kernel", MFD_CLOEXEC);
	if (ftruncate(file, 0) < 0 || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	kind = kernel_kind(file);
	if (kind < 0 || kind >= KERNEL_KIND_COUNT || !kernel_kind_name((enum kernel_kind)kind))
		abort();
	initrd_kind(data, size);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* How much of init is in memory while it waits. */
#include "resident.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* A fault brings in what is around it, 64 KiB at once, but nothing of another mapping. Mappings
 * that differ, in whatever it may be, are not joined. */
#define CHUNK ((uintptr_t)16 << 10)

static void split(uintptr_t start, uintptr_t end)
{
	for (uintptr_t at = start; at + CHUNK < end; at += 2 * CHUNK)
		madvise((void *)at, CHUNK, MADV_DONTDUMP);
}

static int trim(struct dl_phdr_info *info, size_t size, void *data)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)data;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);
		uintptr_t end = info->dlpi_addr + p->p_vaddr + p->p_memsz;

		/* What has been written to would be lost. */
		if (p->p_type != PT_LOAD || p->p_flags & PF_W)
			continue;
		split(start, end);
		madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 1; /* libraries, which only tests have, stay */
}

void resident_trim(void)
{
	dl_iterate_phdr(trim, NULL);
}

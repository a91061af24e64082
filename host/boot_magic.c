/* SPDX-License-Identifier: MIT */
/*
 * Kernels and initrds by their bytes. A VMM that is given the wrong kind says
 * little, or starts a machine that does nothing; so it is told before.
 */
#include "boot_magic.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"

#define HEAD_BYTES       1024
#define MAX_PROGRAMS     64
#define MAX_NOTE_BYTES   65536
#define MAX_VERSION      128
#define XEN_PHYS32_ENTRY 18 /* of xen/elfnote.h: where a PVH loader enters */

struct magic {
	enum kernel_kind kind;
	size_t offset;
	const char *bytes;
	size_t length;
};

/* The more telling ones first: kernels with an EFI stub begin with "MZ", too. */
static const struct magic magics[] = {
    {KERNEL_BZIMAGE, 0x202, "HdrS", 4},
    {KERNEL_ARM64, 0x38, "ARMd", 4},
    {KERNEL_RISCV, 0x38, "RSC\5", 4},
    {KERNEL_EFI_ZBOOT, 4, "zimg", 4},
    {KERNEL_ELF, 0, "\177ELF", 4},
    {KERNEL_EFI, 0, "MZ", 2},
    {KERNEL_UIMAGE, 0, "\x27\x05\x19\x56", 4},
    {KERNEL_GZIP, 0, "\x1f\x8b", 2},
};

static const char *const kind_names[KERNEL_KIND_COUNT] = {
    [KERNEL_UNKNOWN] = "no kernel",
    [KERNEL_BZIMAGE] = "a bzImage",
    [KERNEL_ELF] = "an ELF vmlinux without a PVH note",
    [KERNEL_ELF_PVH] = "an ELF vmlinux with a PVH note",
    [KERNEL_ARM64] = "an arm64 Image",
    [KERNEL_RISCV] = "a RISC-V Image",
    [KERNEL_EFI_ZBOOT] = "a compressed EFI Image",
    [KERNEL_EFI] = "a program for EFI firmware",
    [KERNEL_UIMAGE] = "a U-Boot image",
    [KERNEL_GZIP] = "an Image in gzip",
};

/* What boots what; a bit for each kind. */
#define BIT(kind) (1u << KERNEL_##kind)

static const struct {
	const char *family;
	const char *machine;
	unsigned kinds;
} boots[] = {
    {"qemu", "x86_64", BIT(BZIMAGE) | BIT(ELF_PVH)},
    {"qemu", "aarch64", BIT(ARM64) | BIT(GZIP)},
    {"firecracker", "x86_64", BIT(ELF) | BIT(ELF_PVH)},
    {"firecracker", "aarch64", BIT(ARM64)},
    {"cloud-hypervisor", "x86_64", BIT(BZIMAGE) | BIT(ELF_PVH)},
    {"cloud-hypervisor", "aarch64", BIT(ARM64)},
    {"crosvm", "x86_64", BIT(BZIMAGE) | BIT(ELF) | BIT(ELF_PVH)},
    {"crosvm", "aarch64", BIT(ARM64)},
    {"kvmtool", "x86_64", BIT(BZIMAGE)},
    {"kvmtool", "aarch64", BIT(ARM64)},
    {"stratovirt", "x86_64", BIT(BZIMAGE)},
    {"alioth", "x86_64", BIT(BZIMAGE)},
    {"alioth", "aarch64", BIT(ARM64)},
};

#define BOOTS_COUNT (sizeof(boots) / sizeof(*boots))

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Whether one of the notes says where PVH enters. */
static bool notes_have_pvh(const char *notes, size_t length)
{
	Elf64_Nhdr header;

	while (length >= sizeof(header)) {
		size_t name, size;

		memcpy(&header, notes, sizeof(header));
		name = align4(header.n_namesz);
		size = sizeof(header) + name + align4(header.n_descsz);
		if (name < header.n_namesz || size > length)
			return false;
		if (header.n_type == XEN_PHYS32_ENTRY && header.n_namesz == sizeof("Xen") &&
		    memcmp(notes + sizeof(header), "Xen", sizeof("Xen")) == 0)
			return true;
		notes += size;
		length -= size;
	}
	return false;
}

static bool segment_has_pvh(int fd, const Elf64_Phdr *segment)
{
	size_t length = segment->p_filesz < MAX_NOTE_BYTES ? segment->p_filesz : MAX_NOTE_BYTES;
	_cleanup_free_ char *notes = malloc(length + 1);
	ssize_t n;

	if (!notes || segment->p_offset > INT64_MAX)
		return false;
	n = pread(fd, notes, length, (off_t)segment->p_offset);
	return n > 0 && notes_have_pvh(notes, (size_t)n);
}

static bool elf_has_pvh(int fd, const char *head, size_t length)
{
	Elf64_Phdr segment;
	Elf64_Ehdr elf;

	if (length < sizeof(elf) || head[EI_CLASS] != ELFCLASS64)
		return false;
	memcpy(&elf, head, sizeof(elf));
	for (unsigned i = 0; i < elf.e_phnum && i < MAX_PROGRAMS; i++) {
		uint64_t at = elf.e_phoff + (uint64_t)i * sizeof(segment);

		if (at < elf.e_phoff || at > INT64_MAX)
			return false;
		if (pread(fd, &segment, sizeof(segment), (off_t)at) != sizeof(segment))
			return false;
		if (segment.p_type == PT_NOTE && segment_has_pvh(fd, &segment))
			return true;
	}
	return false;
}

int kernel_kind(int fd)
{
	char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		const struct magic *m = &magics[i];

		if (m->offset + m->length > (size_t)n ||
		    memcmp(head + m->offset, m->bytes, m->length) != 0)
			continue;
		if (m->kind == KERNEL_ELF && elf_has_pvh(fd, head, (size_t)n))
			return KERNEL_ELF_PVH;
		return (int)m->kind;
	}
	return KERNEL_UNKNOWN;
}

/* Documentation/arch/x86/boot.rst: of kernel_version, a pointer less 0x200 to a text. */
char *kernel_version(int fd)
{
	unsigned char pointer[2];
	char text[MAX_VERSION + 1] = "";
	ssize_t n;

	if (kernel_kind(fd) != KERNEL_BZIMAGE || pread(fd, pointer, sizeof(pointer), 0x20e) < 2)
		return NULL;
	n = pread(fd, text, MAX_VERSION, 0x200 + (pointer[0] | pointer[1] << 8));
	if (n <= 0)
		return NULL;
	text[strcspn(text, " \n")] = '\0';
	return *text && !strchr(text, '/') ? strdup(text) : NULL;
}

const char *kernel_kind_name(enum kernel_kind kind)
{
	return kind_names[kind];
}

static unsigned kinds_of(const char *family, const char *machine)
{
	for (size_t i = 0; i < BOOTS_COUNT; i++)
		if (strcmp(boots[i].family, family) == 0 && strcmp(boots[i].machine, machine) == 0)
			return boots[i].kinds;
	return 0;
}

bool kernel_boots(const char *family, const char *machine, enum kernel_kind kind)
{
	return kinds_of(family, machine) & (1u << kind);
}

char *kernel_kinds_text(const char *family, const char *machine)
{
	unsigned kinds = kinds_of(family, machine);
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (unsigned kind = 0; kind < KERNEL_KIND_COUNT; kind++)
		if (kinds & (1u << kind))
			fprintf(out, "%s%s", length || ftell(out) > 0 ? " or " : "",
			        kind_names[kind]);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* What lib/decompress.c and init/initramfs.c of the kernel know. */
static const struct {
	const char *name;
	const char *bytes;
	size_t length;
} packings[] = {
    {"cpio", "070701", 6},
    {"cpio", "070702", 6},
    {"gzip", "\x1f\x8b", 2},
    {"bzip2", "BZ", 2},
    {"lzma", "\x5d\0", 2},
    {"xz",
     "\xfd"
     "7zXZ",
     5},
    {"lzo", "\x89LZO", 4},
    {"lz4", "\2\x21\x4c\x18", 4},
    {"zstd", "\x28\xb5\x2f\xfd", 4},
};

const char *initrd_kind(const void *head, size_t length)
{
	const char *bytes = head;

	/* Zeros between archives, and before the first, are skipped. */
	while (length && !*bytes) {
		bytes++;
		length--;
	}
	for (size_t i = 0; i < sizeof(packings) / sizeof(*packings); i++)
		if (length >= packings[i].length &&
		    memcmp(bytes, packings[i].bytes, packings[i].length) == 0)
			return packings[i].name;
	return NULL;
}

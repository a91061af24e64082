/* SPDX-License-Identifier: MIT */
/* Kernels and initrds by their bytes. */
#include "scratch_test.h"

#include <elf.h>

#include "boot_magic.h"

#define NOTE_AT 0x200

static enum kernel_kind kind_of(const void *bytes, size_t length)
{
	int fd, kind;

	put_file("kernel", bytes, length);
	fd = open("kernel", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	kind = kernel_kind(fd);
	close(fd);
	assert_true(kind >= 0);
	return (enum kernel_kind)kind;
}

static enum kernel_kind kind_with(size_t offset, const char *magic)
{
	char head[1024] = "MZ";

	memcpy(head + offset, magic, strlen(magic));
	return kind_of(head, sizeof(head));
}

static void test_magics(void **state)
{
	(void)state;
	assert_int_equal(kind_with(0x202, "HdrS"), KERNEL_BZIMAGE);
	assert_int_equal(kind_with(0x38, "ARMd"), KERNEL_ARM64);
	assert_int_equal(kind_with(0x38, "RSC\5"), KERNEL_RISCV);
	assert_int_equal(kind_with(4, "zimg"), KERNEL_EFI_ZBOOT);
	assert_int_equal(kind_with(0x100, "PE"), KERNEL_EFI);
	assert_int_equal(kind_with(0, "\x27\x05\x19\x56"), KERNEL_UIMAGE);
	assert_int_equal(kind_with(0, "\x1f\x8b"), KERNEL_GZIP);
	assert_int_equal(kind_of("\177ELF", 4), KERNEL_ELF);
	assert_int_equal(kind_of("#!/bin/sh", 9), KERNEL_UNKNOWN);
	assert_int_equal(kind_of("", 0), KERNEL_UNKNOWN);
	assert_int_equal(kind_of("HdrS", 4), KERNEL_UNKNOWN);
}

static char *version_of(const char *text)
{
	char head[1024] = "MZ";
	char *version;
	int fd;

	memcpy(head + 0x202, "HdrS", 4);
	head[0x20f] = 1; /* 0x300 */
	memcpy(head + 0x300, text, strlen(text) + 1);
	put_file("kernel", head, sizeof(head));
	fd = open("kernel", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	version = kernel_version(fd);
	close(fd);
	return version;
}

static void test_version(void **state)
{
	char *version = version_of("6.1.0-57-amd64 (who@where) #1 SMP");

	(void)state;
	assert_string_equal(version, "6.1.0-57-amd64");
	free(version);
	assert_null(version_of(""));
	assert_null(version_of("../../etc (x)"));
	put_file("kernel", "\177ELF", 4);
	{
		int fd = open("kernel", O_RDONLY | O_CLOEXEC);

		assert_null(kernel_version(fd));
		close(fd);
	}
}

/* A vmlinux of one segment, notes; the second note is the one looked for, if its type fits. */
static size_t make_elf(char *file, uint32_t type)
{
	const Elf64_Ehdr elf = {
	    .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64}, .e_phoff = sizeof(elf), .e_phnum = 2};
	const Elf64_Phdr segments[2] = {
	    {.p_type = PT_LOAD},
	    {.p_type = PT_NOTE, .p_offset = NOTE_AT, .p_filesz = 20 + 20},
	};
	const Elf64_Nhdr notes[2] = {{4, 3, 1}, {4, 4, type}};

	memset(file, 0, 1024);
	memcpy(file, &elf, sizeof(elf));
	memcpy(file + sizeof(elf), segments, sizeof(segments));
	for (size_t i = 0; i < 2; i++) {
		memcpy(file + NOTE_AT + 20 * i, &notes[i], sizeof(notes[i]));
		memcpy(file + NOTE_AT + 20 * i + sizeof(notes[i]), "Xen", 4);
	}
	return NOTE_AT + 40;
}

static void test_pvh(void **state)
{
	char file[1024];
	size_t length = make_elf(file, 18);

	(void)state;
	assert_int_equal(kind_of(file, length), KERNEL_ELF_PVH);
	assert_int_equal(kind_of(file, length - 5), KERNEL_ELF); /* cut off */
	make_elf(file, 17);
	assert_int_equal(kind_of(file, length), KERNEL_ELF);
	/* Numbers that lead nowhere. */
	make_elf(file, 18);
	memset(file + offsetof(Elf64_Ehdr, e_phoff), 0xff, 8);
	assert_int_equal(kind_of(file, length), KERNEL_ELF);
	make_elf(file, 18);
	memset(file + NOTE_AT, 0xff, 8);
	assert_int_equal(kind_of(file, length), KERNEL_ELF);
	make_elf(file, 18);
	memset(file + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + 8, 0xff, 40);
	assert_int_equal(kind_of(file, length), KERNEL_ELF);
}

static void test_who_boots_what(void **state)
{
	char *text;

	(void)state;
	assert_true(kernel_boots("qemu", "x86_64", KERNEL_BZIMAGE));
	assert_true(kernel_boots("qemu", "x86_64", KERNEL_ELF_PVH));
	assert_false(kernel_boots("qemu", "x86_64", KERNEL_ELF));
	assert_false(kernel_boots("qemu", "x86_64", KERNEL_ARM64));
	assert_true(kernel_boots("qemu", "aarch64", KERNEL_ARM64));
	assert_false(kernel_boots("firecracker", "x86_64", KERNEL_BZIMAGE));
	assert_true(kernel_boots("firecracker", "x86_64", KERNEL_ELF));
	assert_false(kernel_boots("qemu", "m68k", KERNEL_ELF));
	assert_false(kernel_boots("qemu", "x86_64", KERNEL_UNKNOWN));
	text = kernel_kinds_text("firecracker", "aarch64");
	assert_string_equal(text, "an arm64 Image");
	free(text);
}

static void test_initrds(void **state)
{
	(void)state;
	assert_string_equal(initrd_kind("070701", 6), "cpio");
	assert_string_equal(initrd_kind("\0\0\0\0\x28\xb5\x2f\xfd", 8), "zstd");
	assert_string_equal(initrd_kind("\xfd"
	                                "7zXZ",
	                                6),
	                    "xz");
	assert_null(initrd_kind("070707", 6)); /* the old format */
	assert_null(initrd_kind("07070", 5));
	assert_null(initrd_kind("\0\0", 2));
	assert_null(initrd_kind("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_magics),      scratch_test(test_version),
	    scratch_test(test_pvh),         cmocka_unit_test(test_who_boots_what),
	    cmocka_unit_test(test_initrds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

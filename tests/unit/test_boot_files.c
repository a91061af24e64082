/* SPDX-License-Identifier: MIT */
/* The files that a virtual machine starts from. */
#include "scratch_test.h"

#include "boot_files.h"
#include "machine.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

static const struct machine machine = {.name = "x86_64"};

static void put_kernel(const char *path)
{
	char head[1024] = {0};

	memcpy(head + 0x202, "HdrS", 4);
	put_file(path, head, sizeof(head));
}

/* The places where files are looked for: none in the environment, both below the directory. */
static void furnish(void)
{
	unsetenv("VMCONFIG_KERNEL");
	unsetenv("VMCONFIG_INITRD");
	assert_int_equal(mkdir("build", 0755), 0);
	assert_int_equal(mkdir("build/kernel", 0755), 0);
	put_kernel("build/kernel/vmlinuz");
	put_file("build/initrd.cpio", "070701", 6);
}

static void refuse_for(const char *family, struct vm *vm, const char *message)
{
	const struct vmm_setup setup = {.machine = &machine, .kind = vmm_kind_named(family)};

	stderr_begin();
	assert_true(boot_files_find(vm, &setup) < 0 || boot_disks_check(vm, setup.kind) < 0);
	assert_string_equal(stderr_said(), message);
	vm_release(vm);
}

static void refuse(struct vm *vm, const char *message)
{
	refuse_for("qemu", vm, message);
}

static void assert_found(struct vm *vm, const char *kernel, const char *initrd)
{
	const struct vmm_setup setup = {.machine = &machine, .kind = vmm_kind_named("qemu")};

	assert_int_equal(boot_files_find(vm, &setup), 0);
	assert_int_equal(boot_disks_check(vm, setup.kind), 0);
	assert_string_equal(vm->kernel, kernel);
	assert_string_equal(vm->initrd, initrd);
	vm_release(vm);
}

static void test_order(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");

	put_kernel("kernel2");
	put_file("initrd2", "\0\0\0\0\x1f\x8b", 6);
	setenv("VMCONFIG_KERNEL", "kernel2", 1);
	setenv("VMCONFIG_INITRD", "initrd2", 1);
	assert_found(&vm, "kernel2", "initrd2");

	vm.kernel = strdup("build/kernel/vmlinuz");
	assert_found(&vm, "build/kernel/vmlinuz", "initrd2");
}

static void test_nothing_there(void **state)
{
	struct vm vm = {0};

	(void)state;
	unsetenv("VMCONFIG_KERNEL");
	unsetenv("VMCONFIG_INITRD");
	refuse(&vm, "vmconfig: no kernel: name one with --kernel or VMCONFIG_KERNEL, or put one at "
	            "'build/kernel/vmlinuz' (make kernel) or at '" VMCONFIG_LIBDIR "/vmlinuz'");
	vm.kernel = strdup("nowhere");
	refuse(&vm, "vmconfig: no initrd: name one with --initrd or VMCONFIG_INITRD, or put one at "
	            "'build/initrd.cpio' (make initrd) or at '" VMCONFIG_LIBDIR "/initrd.cpio'");
	vm.kernel = strdup("nowhere");
	vm.initrd = strdup("nowhere");
	refuse(&vm, "vmconfig: cannot read kernel 'nowhere': No such file or directory");
}

static void test_what_is_no_kernel(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	put_file("short", "MZ", 2);
	put_file("empty", "", 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	vm.kernel = strdup("short");
	refuse(&vm,
	       "vmconfig: kernel 'short' is a program for EFI firmware: qemu boots a bzImage or "
	       "an ELF vmlinux with a PVH note on x86_64");
	vm.kernel = strdup("empty");
	refuse(&vm, "vmconfig: kernel 'empty' is empty");
	vm.kernel = strdup("build");
	refuse(&vm, "vmconfig: kernel 'build' is no regular file");
	vm.initrd = strdup("fifo");
	refuse(&vm, "vmconfig: initrd 'fifo' is no regular file");
	vm.initrd = strdup("short");
	refuse(&vm,
	       "vmconfig: initrd 'short' is neither a cpio archive nor compressed in a way that "
	       "kernels know");
}

static void give_disk(struct vm *vm, const char *file, bool readonly)
{
	vm->disks.items = calloc(1, sizeof(*vm->disks.items));
	assert_non_null(vm->disks.items);
	vm->disks.count = 1;
	vm->disks.items[0] = (struct vm_disk){.file = strdup(file), .readonly = readonly};
}

static void test_disks(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	put_file("disk", "x", 1);
	put_file("empty", "", 0);
	give_disk(&vm, "disk", false);
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
	give_disk(&vm, "nbd:localhost:1", false);
	refuse(&vm, "vmconfig: cannot use disk 'nbd:localhost:1': No such file or directory");
	give_disk(&vm, "build", false);
	refuse(&vm, "vmconfig: disk 'build' is neither a regular file nor a block device");
	give_disk(&vm, "empty", true);
	refuse(&vm, "vmconfig: disk 'empty' is empty");
	if (geteuid() == 0)
		return; /* may write everywhere */
	assert_int_equal(chmod("disk", 0400), 0);
	give_disk(&vm, "disk", true);
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
	give_disk(&vm, "disk", false);
	refuse(&vm, "vmconfig: cannot open disk 'disk' for writing (',ro' reads only): Permission "
	            "denied");
}

/* A head of a qcow2 image, version 2, that names a backing file. */
static const char backed[72] = "QFI\xfb\0\0\0\2\0\0\0\0\0\0\0\x48\0\0\0\4";

static void give_image(struct vm *vm, enum vm_image_format format, bool references)
{
	give_disk(vm, "backed", true);
	vm->disks.items[0].format = format;
	vm->disks.items[0].references = references;
}

static void test_references(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	put_file("backed", backed, sizeof(backed));
	give_image(&vm, VM_IMAGE_QCOW2, true);
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
	give_image(&vm, VM_IMAGE_QCOW2, false);
	refuse(&vm, "vmconfig: disk 'backed' names other files of the host, which the guest would "
	            "read: only if you made it, and know which they are, make one file of it or "
	            "add ',references'");
	give_image(&vm, VM_IMAGE_QCOW2, false);
	vm.disks.items[0].is_vm_image = true;
	refuse(&vm, "vmconfig: vm.image 'backed' names other files of the host, which the guest "
	            "would read: only if you made it, and know which they are, make one file of "
	            "it");
}

/* A family that is told the format reads these bytes as the disk's; the others do not. */
static void test_raw_disk_that_is_none(void **state)
{
	static const struct {
		const char *bytes;
		const char *name;
	} heads[] = {
	    {"QFI\xfb", "a qcow2 image"},
	    {"composite_disk\x1d", "a composite disk"},
	    {"\x3a\xff\x26\xed\1", "an Android sparse image"},
	};
	static const char *const guessing[] = {"crosvm", "kvmtool"};
	struct vm vm = {0};
	char message[256];

	(void)state;
	furnish();
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		put_file("backed", heads[i].bytes, strlen(heads[i].bytes));
		give_image(&vm, VM_IMAGE_RAW, false);
		assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
		for (size_t j = 0; j < 2; j++) {
			snprintf(message, sizeof(message),
			         "vmconfig: disk 'backed' is to be raw and begins as %s does, for "
			         "which %s takes it: whoever wrote that would choose which files "
			         "of the host the guest reads",
			         heads[i].name, guessing[j]);
			give_image(&vm, j ? VM_IMAGE_RAW : VM_IMAGE_NONE, false);
			refuse_for(guessing[j], &vm, message);
		}
	}
	put_file("backed", "QFI", 3);
	give_image(&vm, VM_IMAGE_NONE, false);
	assert_int_equal(boot_disks_check(&vm, vmm_kind_named("crosvm")), 0);
	vm_release(&vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_order),
	    scratch_test(test_nothing_there),
	    scratch_test(test_what_is_no_kernel),
	    scratch_test(test_disks),
	    scratch_test(test_references),
	    scratch_test(test_raw_disk_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
